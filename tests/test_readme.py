"""The README says what is true: its test line is what runs, its output is what comes out."""

import os
import re
import shlex
import subprocess
import sys
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")

# ```console
# $ backproof demo
# what it prints, where a line `...` stands for any lines
# ```
CONSOLE = re.findall(r"^```console\n\$ backproof ([^\n]*)\n(.*?)^```$", README, re.M | re.S)


def test_the_test_line_is_what_the_checks_run() -> None:
    line = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert f"    {line}\n" in README


@pytest.mark.parametrize(("arguments", "printed"), CONSOLE)
def test_a_command_prints_what_the_readme_shows(arguments: str, printed: str) -> None:
    script = Path(sys.executable).with_name("backproof")
    run = subprocess.run(
        [script, *shlex.split(arguments)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        cwd=REPOSITORY,
        check=False,
    )
    assert OutputChecker().check_output(printed, run.stdout + run.stderr, ELLIPSIS), run.stdout
