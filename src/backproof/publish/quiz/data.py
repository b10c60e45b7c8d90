"""What the page needs to read and judge answers: names, values at the points, the answers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypedDict

from ...expr.evaluate import Evaluator
from ...expr.model import Model
from ...expr.node import Expr, is_named, walk
from ...expr.shape import dim_letters, dim_value
from ...notation.inline import unicode_line
from ...notation.latex import latex
from ...notation.mathml import mathml
from ...notation.names import operator, split_scripts
from ...notation.text import text
from .lesson import Lesson, Matrix, apart, finite
from .questions import Check, Choice, Entry, Link, Sides, Whole, Wrong

Data = dict[str, object]


class Valued(TypedDict):
    """A value that an answer has at one point, for these indices."""

    indices: dict[str, int]
    value: Matrix


Answers = list[list[Valued]]  # at each point, for each choice of indices

ENTRIES = 4  # of a formula for single entries, at each point
MOST_WRONGS = 8

#: Names of functions as people type them, by operation.
FUNCTIONS = {
    "sigmoid": "sigmoid sigma sig logistic expit",
    "relu": "relu",
    "log": "log ln",
    "abs": "abs",
    "sign": "sign sgn",
    "step": "step heaviside",
    "max": "max maximum",
    "min": "min minimum",
    "sum": "sum rowsum",
    "mean": "mean avg",
    "trace": "tr trace",
    "transpose": "transpose",
    "log_softmax": "logsoftmax",
    **{
        op: op
        for op in (
            "tanh softplus exp sqrt sin cos tan sinh cosh erf log1p expm1 softmax diag norm ones "
            "where square"
        ).split()
    },
}


def lesson_data(lesson: Lesson) -> Data:
    """What all questions share."""
    model = lesson.derivation.model
    sizes = list(dict.fromkeys(x for e in lesson.quantities.values() for x in _letters(e)))
    return {
        "names": [name_data(e, model) for e in lesson.quantities.values()],
        "sizes": [_size(x) for x in sizes],
        "functions": dict(_functions(model)),
        "written": {op: _shown(word) for op, word in model.spelling.functions.items()},
        "bodies": {
            f.name: {
                "parameters": [name_data(p, model) for p in f.params],
                "body": latex(f.body, model.spelling),
            }
            for f in model.functions
        },
        "layers": model.spelling.layer,
        "columns": model.columns,
        "samples": model.samples,
        "loss": lesson.derivation.loss.attr.plain,
        "same": {e.name.plain: e.value.attr.plain for e in model.equations if is_named(e.value)},
        "points": [_point(lesson, at) for at in lesson.points],
    }


def _letters(e: Expr) -> Iterator[str]:
    for dim in e.shape:
        yield from dim_letters(dim)


def _point(lesson: Lesson, at: Evaluator) -> Data:
    return {
        "sizes": dict(at.sizes),
        "values": {plain: at.matrix(e) for plain, e in lesson.quantities.items()},
        "derivatives": {plain: at.matrix(e) for plain, e in lesson.slopes.items()},
    }


def name_data(e: Expr, model: Model) -> Data:
    """A name, taken apart as `names.js` wants it."""
    name = e.attr
    parts = split_scripts(name.written)
    called = re.fullmatch(r"[^()]+\(([^()]+)\)", name.written)
    subs = [name.sub, parts[1] if parts and parts[1] != name.layer else ""]
    base, layer = name.base, name.layer
    if parts and parts[2] and not layer and base == canonical(parts[0]) + canonical(parts[2]):
        base, layer = canonical(parts[0]), canonical(parts[2])  # the name of a variance: sigma^2
    return {
        "plain": name.plain,
        "base": base,
        "layer": layer,
        "subs": list(dict.fromkeys(x for s in subs if s for x in _forms(s))) if name.sub else [],
        "marks": list(name.marks),
        "primes": name.primes,
        "called": canonical(called[1]) if called else "",
        "shown": text(e, model.spelling),
        "markup": mathml(e, model.spelling),
    }


def canonical(script: str) -> str:
    """A script without brackets, fonts and spaces, as `Names.canonical` has it."""
    bare = re.sub(r"\\(mathrm|mathbf|boldsymbol|text|operatorname|mathit|mathcal)\b", "", script)
    bare = re.sub(r"[\\{}\s$^_]", "", bare)
    while re.fullmatch(r"\(.*\)|\[.*\]", bare):
        bare = bare[1:-1]
    return bare


def _forms(sub: str) -> Iterator[str]:
    yield canonical(sub)
    yield sub
    for mark in ("hat", "bar", "tilde"):
        match = re.fullmatch(rf"(\w+)_{mark}(_\w+)?", sub)
        if match:
            yield canonical(f"{mark}{match[1]}{match[2] or ''}")


def _size(letter: str) -> Data:
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d+)", letter)
    base, layer = (match[1], match[2]) if match else (letter, "")
    base, _, sub = base.partition("_")
    return {
        "plain": letter,
        "base": base,
        "layer": layer,
        "subs": [sub] if sub else [],
        "marks": [],
        "primes": 0,
        "called": "",
        "shown": text(Expr("size", (), letter, (1, 1))),
        "spellings": list(dict.fromkeys((letter, canonical(letter)))),
    }


def _functions(model: Model) -> Iterator[tuple[str, str]]:
    for op, words in FUNCTIONS.items():
        for word in words.split():
            yield word, op
    for op, word in model.spelling.functions.items():
        yield canonical(word), op
    for f in model.functions:
        yield f.name, f.name
        yield canonical(f.latex), f.name


def _shown(word: str) -> str:
    """A function's name as it is printed."""
    return unicode_line(operator(word))


def check_data(lesson: Lesson, check: Check) -> Data:
    """What counts as an answer. A formula comes with its value at every point."""
    match check:
        case Whole():
            return {
                "kind": "formula",
                "entry": None,
                "hidden": list(check.hidden),
                "answers": (answers := _whole(lesson, check.answer)),
                "wrongs": list(_wrongs(check.wrongs, answers, lambda e: _whole(lesson, e))),
            }
        case Entry():
            places = list(_places(lesson, check))
            answers = _single(lesson, check.answer, places)
            return {
                "kind": "formula",
                "entry": {"bare": check.bare, "usual": check.usual},
                "hidden": [],
                "answers": answers,
                "wrongs": list(
                    _wrongs(check.wrongs, answers, lambda e: _single(lesson, e, places))
                ),
            }
        case Link():
            return {
                "kind": "link",
                "upper": check.upper,
                "lower": check.lower,
                "others": check.others,
            }
        case Sides():
            rows, columns = check.shape
            return {"kind": "shape", "rows": str(rows), "columns": str(columns)}
        case Choice():
            return {"kind": "choice", "line": check.line}


def _whole(lesson: Lesson, e: Expr) -> Answers:
    return [[{"indices": {}, "value": value}] for value in lesson.values(e)]


def _places(lesson: Lesson, check: Entry) -> Iterator[list[dict[str, int]]]:
    """At each point some entries: a number, from 0, for each index letter."""
    rng = random.Random("entries")
    letters = {x: () for x in check.usual if isinstance(x, str)}
    dims: dict[str, tuple[str | int, ...]] = dict(letters)
    for e in walk([check.answer], is_named):
        if e.op == "entry":
            for dim, letter in zip(e.args[0].shape, e.attr[:2], strict=True):
                if isinstance(letter, str):
                    dims[letter] = (*dims.get(letter, ()), dim)
    for at in lesson.points:
        ends = {
            x: min((dim_value(d, at.sizes) for d in found), default=2) for x, found in dims.items()
        }
        yield [{x: rng.randrange(end) for x, end in ends.items()} for _ in range(ENTRIES)]


def _single(lesson: Lesson, e: Expr, places: Iterable[list[dict[str, int]]]) -> Answers:
    return [
        [{"indices": place, "value": _entry_value(at, e, place)} for place in here]
        for at, here in zip(lesson.points, places, strict=True)
    ]


def _entry_value(at: Evaluator, e: Expr, place: dict[str, int]) -> Matrix:
    return finite([[at.scalar(e, {x: i + 1 for x, i in place.items()})]])


def _wrongs(
    wrongs: Iterable[Wrong], answers: Answers, values: Callable[[Expr], Answers]
) -> Iterator[Data]:
    """The values of wrong answers; of several with one value the first. What only looks wrong has
    the value of the answer, and is left out."""
    seen = [answers]
    for wrong in wrongs:
        try:
            found = values(wrong.expr)
        except (ArithmeticError, KeyError):
            continue
        if not any(_alike(found, other) for other in seen):
            seen.append(found)
            yield {"key": wrong.key, "answers": found}
        if len(seen) > MOST_WRONGS:
            return


def _alike(one: Answers, other: Answers) -> bool:
    """Whether two answers have the same values, apart from rounding."""
    pairs = [
        (a["value"], b["value"])
        for ones, others in zip(one, other, strict=True)
        for a, b in zip(ones, others, strict=True)
    ]
    return not any(apart(a, b, 1e-6) for a, b in pairs)
