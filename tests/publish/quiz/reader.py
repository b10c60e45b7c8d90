"""The reader and the judge of the page, run by node on many answers at once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.code.node import node
from backproof.notation import parse, read
from backproof.publish.page import source
from backproof.publish.quiz.data import check_data, lesson_data
from backproof.publish.quiz.html import READER
from backproof.publish.quiz.lesson import Lesson
from backproof.publish.quiz.questions import Check, Question
from backproof.publish.quiz.quiz import offer
from backproof.publish.quiz.quiz import quiz as made_quiz
from backproof.show.telling import Teller

EXAMPLES = Path(__file__).parents[3] / "examples"
DRIVER = """
const lines = require("fs").readFileSync(0, "utf8");
const { lesson: data, checks, cases } = JSON.parse(lines);
const lesson = new Lesson(data);
const told = cases.map(([i, typed]) => {
  const { tree, ...verdict } = Judge.judge(lesson, checks[i], typed);
  return verdict;
});
process.stdout.write(JSON.stringify(told));
"""


@dataclass(frozen=True)
class Verdict:
    """What the page says about an answer."""

    state: str
    key: str
    fields: dict[str, str]
    start: int | None
    end: int | None


def verdicts(lesson: Lesson, cases: Iterable[tuple[Check, str]]) -> list[Verdict]:
    """The verdict of the page on each answer."""
    cases = list(cases)
    checks = list(dict.fromkeys(check for check, _ in cases))
    given = {
        "lesson": _shared(lesson),
        "checks": [check_data(lesson, check) for check in checks],
        "cases": [(checks.index(check), typed) for check, typed in cases],
    }
    scripts = "\n".join(source("backproof.publish.quiz", n) for n in (*READER, "lesson.js"))
    done = subprocess.run(
        [*node(), "-e", scripts.replace('"use strict";', "") + DRIVER],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [
        Verdict(v["state"], v.get("key", ""), v.get("fields", {}), v.get("start"), v.get("end"))
        for v in json.loads(done.stdout)
    ]


@cache
def _shared(lesson: Lesson) -> dict[str, object]:
    return lesson_data(lesson)


def judged(lesson: Lesson, check: Check, *typed: str) -> list[Verdict]:
    """The verdicts on several answers to one question."""
    return verdicts(lesson, [(check, answer) for answer in typed])


@cache
def example(name: str) -> tuple[Lesson, tuple[Question, ...]]:
    """The lesson of a bundled note, and everything that can be asked about it."""
    return _all(derive(read(EXAMPLES / f"{name}.md")))


@cache
def noted(text: str) -> tuple[Lesson, tuple[Question, ...]]:
    """The same for a note in a string."""
    return _all(derive(parse(text)))


def _all(derivation: Derivation) -> tuple[Lesson, tuple[Question, ...]]:
    lesson, _ = made_quiz(derivation)
    tell = Teller(derivation, "en", "standard")
    return lesson, tuple(offer(tell, lesson))


def asked(questions: Iterable[Question], kind: str, about: str) -> Question:
    """The first question of a kind about a quantity."""
    return next(q for q in questions if q.kind == kind and q.about == about)
