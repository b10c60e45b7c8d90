"""`bp.check` can be called whatever was imported before it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "before",
    [
        "import backproof as bp",
        "import backproof as bp; bp.Report; bp.Finding",
        "import backproof as bp; import backproof.check.report",
        "import backproof as bp; from backproof.check.check import check",
        "import backproof as bp; bp.check('$$x = x$$'); import backproof.check.report as report; report.Edit",
        "from backproof import *; import backproof as bp; assert check is bp.check",
    ],
)
def test_the_door_opens(before: str) -> None:
    code = f"{before}; report = bp.check('$$x = x$$'); assert isinstance(report, bp.Report)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_checking_needs_no_numpy_no_sympy_and_no_rich() -> None:
    code = "import sys, backproof as bp; bp.check('$$x = 1$$ $$x = 2$$'); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert not {b"numpy", b"sympy", b"rich"} & set(run.stdout.split())
