"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).parents[1]

# How long an example takes says nothing about whether a claim holds: many-digit arithmetic is slow.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def notes() -> Path:
    """The folder of real lecture notes, which is not part of the repository but may lie near it."""
    folder = REPOSITORY.parent / "shared" / "notes"
    if not folder.is_dir():
        pytest.skip("the real lecture notes are not here")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A program that is missing is said aloud: tests that were skipped prove nothing."""
    reasons = {r.longrepr[2] for r in terminalreporter.stats.get("skipped", []) if r.longrepr}
    missing = sorted(r.removeprefix("Skipped: ") for r in reasons if "there is no " in r)
    if missing:
        terminalreporter.write_sep("!", "NOT TESTED", yellow=True, bold=True)
    for reason in missing:
        terminalreporter.write_line(reason, yellow=True)
