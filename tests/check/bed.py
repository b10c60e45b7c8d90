"""The test-bed of the checker: notes with known errors, and how many of them `check` finds.

python tests/check/bed.py [--exam] [--json] [NAME ...]

The rules of the checker were built with the notes of the bed, in `notes/`, at hand. Those of the exam,
in `exam/`, were written without a look at the rules, in six parts. What the first run said of each
part, when nobody had read it: 16 of 43 errata found and 24 false alarms; 12 of 25 and 6; 8 of 25
and 9; 20 of 34 and 14; 9 of 36 and 12; 9 of 27 and 8. What they brought to light is being mended, so
for the next measurement on notes that nobody has seen, more of them have to be written.

`expected.json`, beside the notes, lists, for each note, its errata: the line, whether it is `wrong` or only
`loose`, the mistake, what stands there and what should. An erratum is found when a finding `wrong`
or `loose` covers its line or lies in the same display; it is soft when it is `wrong` and was found
only as `loose`. A finding `wrong` anywhere else is a false alarm; a finding `loose` anywhere else
is counted, too.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

NOTES = Path(__file__).parent / "notes"
EXAM = Path(__file__).parent / "exam"
DECIDED = ("holds", "loose", "wrong")

_ENVIRONMENTS = "equation|align|gather|eqnarray|multline|displaymath|alignat|flalign"
# A backslash is doubled inside of a notebook's JSON.
_DISPLAYS = (
    re.compile(r"\$\$.*?\$\$", re.DOTALL),
    re.compile(r"(?<!\\)(\\\\?)\[.*?(?<!\\)\1\]", re.DOTALL),
    re.compile(rf"\\begin\{{({_ENVIRONMENTS})\*?\}}.*?\\end\{{\1\*?\}}", re.DOTALL),
    re.compile(r"^\.\. math::[^\n]*\n(?:[ \t]+[^\n]*\n|\n)+", re.MULTILINE),
)


@dataclass(frozen=True)
class Erratum:
    """A known error: where it is, how bad, and what should stand there."""

    line: int
    kind: str
    mistake: str
    wrong: str
    right: str


@dataclass(frozen=True)
class Said:
    """A finding `wrong` or `loose`, as far as it matters here."""

    line: int
    end_line: int
    verdict: str
    kind: str


@dataclass
class Score:
    """What came of one note."""

    file: str
    errata: int
    missed: list[Erratum] = field(default_factory=list)
    soft: list[Erratum] = field(default_factory=list)
    alarms: list[Said] = field(default_factory=list)
    loose: list[Said] = field(default_factory=list)
    crash: str = ""
    equations: int = 0
    decided: int = 0
    seconds: float = 0.0


def expected(folder: Path = NOTES) -> dict[str, tuple[Erratum, ...]]:
    """The errata of each note, in the order of the files."""
    listed = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return {entry["file"]: tuple(Erratum(**e) for e in entry["errata"]) for entry in listed}


def displays(text: str) -> list[tuple[int, int]]:
    """The first and last line of each displayed formula, whatever the container.

    >>> displays("a $$x$$" + chr(10) + chr(92) + "[" + chr(10) + "y" + chr(10) + chr(92) + "]")
    [(1, 1), (2, 4)]
    """
    found = [m.span() for pattern in _DISPLAYS for m in pattern.finditer(text)]
    return sorted(
        (text.count("\n", 0, start) + 1, text.count("\n", 0, end - 1) + 1) for start, end in found
    )


def place(line: int, blocks: list[tuple[int, int]]) -> tuple[int, int]:
    """The lines on which a finding about an erratum on this line may stand: its display's."""
    around = [b for b in blocks if b[0] <= line <= b[1]]
    return min(around, key=lambda b: b[1] - b[0], default=(line, line))


def judged(score: Score, errata: tuple[Erratum, ...], said: list[Said], text: str) -> None:
    """Lay the findings beside the errata."""
    blocks = displays(text)
    places = [place(erratum.line, blocks) for erratum in errata]
    used: set[Said] = set()
    for erratum, (first, last) in zip(errata, places, strict=True):
        inside = {s for s in said if s.line <= last and first <= s.end_line}
        used |= inside
        if places.count((first, last)) > 1:  # each error of a display needs a finding of its own
            inside = {s for s in inside if s.line <= erratum.line <= s.end_line}
        if not inside:
            score.missed.append(erratum)
        elif erratum.kind == "wrong" and all(s.verdict == "loose" for s in inside):
            score.soft.append(erratum)
    rest = [s for s in said if s not in used]
    score.alarms = [s for s in rest if s.verdict == "wrong"]
    score.loose = [s for s in rest if s.verdict == "loose"]


@cache
def score(name: str, folder: Path = NOTES) -> Score:
    """Check one note of the bed, or of the exam."""
    from backproof.check.check import check

    path = folder / name
    errata = expected(folder)[name]
    result = Score(name, len(errata))
    start = time.perf_counter()
    try:
        report = check(path).files[0]
    except Exception:  # any: that it crashes is what is to be told
        result.crash = traceback.format_exc(limit=-3)
        result.missed = list(errata)
        return result
    finally:
        result.seconds = time.perf_counter() - start
    said = [
        Said(f.span.line, f.span.end_line, f.verdict, f.kind)
        for f in report.findings
        if f.verdict in ("wrong", "loose")
    ]
    judged(result, errata, said, path.read_text(encoding="utf-8"))
    result.equations = report.equations
    result.decided = sum(report.counts[verdict] for verdict in DECIDED)
    return result


def lines(result: Score) -> list[str]:
    """What is to be read about one note."""
    where = f"{result.file}:"
    told = [
        *(f"{where}{e.line}: MISSED {e.mistake}: {e.wrong}  for  {e.right}" for e in result.missed),
        *(f"{where}{e.line}: soft {e.mistake}: {e.wrong}  for  {e.right}" for e in result.soft),
        *(f"{where}{s.line}: FALSE ALARM {s.kind}" for s in result.alarms),
        *(f"{where}{s.line}: loose beside the errata: {s.kind}" for s in result.loose),
    ]
    if result.crash:
        told.append(f"{where} CRASH\n{result.crash}")
    told.append(
        f"{where} {result.errata - len(result.missed)}/{result.errata} found, "
        f"{result.decided}/{result.equations} decided, {result.seconds:.1f} s"
    )
    return told


def summary(results: list[Score]) -> dict[str, float]:
    """The figures of all notes together."""
    errata = sum(r.errata for r in results)
    return {
        "notes": len(results),
        "errata": errata,
        "found": errata - sum(len(r.missed) for r in results),
        "soft": sum(len(r.soft) for r in results),
        "false alarms": sum(len(r.alarms) for r in results),
        "loose beside errata": sum(len(r.loose) for r in results),
        "crashes": sum(bool(r.crash) for r in results),
        "equations": sum(r.equations for r in results),
        "decided": sum(r.decided for r in results),
        "seconds": round(sum(r.seconds for r in results), 1),
    }


def main() -> int:
    """Score all notes, or those that are named."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("names", nargs="*", metavar="NAME", help="a note; all if none is named")
    ask.add_argument("--exam", action="store_true", help="score the notes of the exam")
    ask.add_argument("--json", action="store_true", help="print the scores as JSON")
    said = ask.parse_args()
    folder = EXAM if said.exam else NOTES
    results = [score(name, folder) for name in said.names or expected(folder)]
    if said.json:
        whole = {"notes": [asdict(r) for r in results], "summary": summary(results)}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return 0
    for result in results:
        print("\n".join(lines(result)))
    print(", ".join(f"{value} {key}" for key, value in summary(results).items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
