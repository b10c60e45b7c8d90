"""Writing files: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import BackproofError


def save(path: Path, text: str) -> None:
    """Write a text to a file, which is replaced only once all of it is written.

    Raises BackproofError where that is not possible.
    """
    held = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise BackproofError(f"{path} is a folder", hint="name a file in it")
        try:
            with held.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            held.replace(path)
        finally:
            held.unlink(missing_ok=True)
    except OSError as error:
        raise BackproofError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="check the folder and its permissions",
        ) from None


def make_folder(path: Path) -> None:
    """Make a folder if it is not there. Raises BackproofError where that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackproofError(
            f"the folder {path} cannot be made: {error.strerror or error}",
            hint="name another one with -o",
        ) from None
