"""The command line. A module for each command, `main` for all of them.

Nothing heavy is imported before a command needs it, so that `--help` is instant.
"""

from __future__ import annotations

import os
import sys

import click

from . import check, code, demo, derive, draw, quiz, train

# What is not installed with backproof itself, and the extra that brings it.
_EXTRAS = {
    **dict.fromkeys(
        ("numba", "numpy", "pyarrow", "safetensors", "scipy", "sklearn", "threadpoolctl"), "learn"
    ),
    **dict.fromkeys(("brotli", "fontTools", "typst", "ziamath"), "publish"),
    "onnx": "onnx",
    "jax": "jax",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is returned.

    0: done; 1: `check` found something, or the reader of the output went away; 2: something in the
    input or the command is wrong; 70: an error in backproof itself; 130: interrupted.
    """
    from ..errors import BackproofError

    try:
        given = sys.argv[1:] if arguments is None else arguments
        # Commands that start copies of themselves ask for what they were given.
        status = commands.main(given, prog_name="backproof", standalone_mode=False, obj=given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BackproofError as error:
        _complain(str(error))
        return 2
    except BrokenPipeError:
        # Python flushes standard output once more at exit: give it somewhere to go.
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("BACKPROOF_DEBUG"):
            raise
        if isinstance(error, ModuleNotFoundError):
            package = (error.name or "").partition(".")[0]
            if package in _EXTRAS:
                _complain(
                    f"this needs {package}, which is not installed\n"
                    f"  try: pip install 'backproof[{_EXTRAS[package]}]'"
                )
                return 2
        _complain(
            f"backproof itself failed ({type(error).__name__}: {error})\n"
            "  try: report what you did; BACKPROOF_DEBUG=1 shows where"
        )
        return 70
    return status if isinstance(status, int) else 0


def _complain(message: str) -> None:
    from ..show.screen import write

    write(f"error: {message}\n", sys.stderr)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="backproof")
def commands() -> None:
    """Derive the gradients of a network from its lecture note, step by step, and prove them; find
    the lines of a note that do not hold; train the network on a table."""


for _command in (
    derive.command,
    draw.command,
    check.command,
    code.command,
    quiz.command,
    train.train,
    train.predict,
    demo.command,
):
    commands.add_command(_command)
