"""What `check` found: findings, one report a file, one report for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..errors import Span
from ..expr.shown import Shown

Verdict = Literal["holds", "loose", "wrong", "undecided", "unread"]
VERDICTS: tuple[Verdict, ...] = ("holds", "loose", "wrong", "undecided", "unread")


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Small numbers at which the two sides differ.

    `given` are the values of the names that the line needs, as a reader would write them
    (`("a^{(2)}", "0.3")`), `left` and `right` what the two sides come to.
    """

    given: tuple[tuple[str, str], ...]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` put in the place of `span` of the file; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of `words/`, by its key in the section `check` (`assumed.loss`), and what goes
    into its blanks, as LaTeX."""

    key: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    r"""What is to be said about one equation.

    `span` is its place in the file. `kind` names the mistake, or why it is undecided: a key of the
    section `check` in `words/` (`sign`, `wrong variable`, `transpose`, `lost mean`, ...); `facts`
    fill the blanks of its sentence (`written`, `meant`, ...), as LaTeX. `suggestion` is the
    repaired line, or the true right side, as LaTeX in the note's own spelling; `fixes` are the
    changes that make it, if they are certain. `assumed` lists what the note left unsaid and was
    taken for granted. `cell` counts the cells of a notebook from 1.
    """

    span: Span
    verdict: Verdict
    kind: str
    facts: tuple[tuple[str, str], ...] = ()
    counterexample: Counterexample | None = None
    suggestion: str = ""
    fixes: tuple[Edit, ...] = ()
    assumed: tuple[Note, ...] = ()
    cell: int | None = None

    def message(self, language: str = "en") -> str:
        """What is wrong, in one sentence, its formulas as Unicode."""
        from .printing.sentences import message

        return message(self.kind, self.facts, language)


@dataclass(frozen=True, slots=True)
class Judged:
    """A displayed equation and its verdict. `cause` is the place of the finding that tells why,
    where that is another line: the definition that makes this one fail."""

    span: Span
    verdict: Verdict
    cause: Span | None = None


@dataclass(slots=True)
class FileReport:
    """One file: its findings in the order of the file, its text, and how many equations came to
    which verdict (`equations` counts the displayed ones that state an equality, read or not);
    `judged` lists those that were read."""

    file: str
    text: str
    language: str = "en"
    findings: list[Finding] = field(default_factory=list[Finding])
    equations: int = 0
    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    judged: list[Judged] = field(default_factory=list[Judged])


@dataclass(slots=True)
class Report(Shown):
    """All files of one run."""

    files: list[FileReport] = field(default_factory=list[FileReport])

    @property
    def wrong(self) -> int:
        """How many lines are wrong."""
        return sum(file.counts["wrong"] for file in self.files)

    @property
    def loose(self) -> int:
        """How many lines hold only loosely."""
        return sum(file.counts["loose"] for file in self.files)
