"""The mutation suite: correct derivations with one error each, and whether `check` finds it.

python tests/check/mutations.py [--each N] [--list] [EXAMPLE ...]

Every example is derived and its derivation written below it. The note as it is must pass without a
finding; then one line at a time gets one error, and a finding `wrong` or `loose` must cover that
line. An error that changes no value is none: it is left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parents[2]))
    __package__ = "tests.check"

from backproof.errors import BackproofError
from backproof.expr.build import add, div, mul, name, number, power, sub
from backproof.expr.evaluate import has_indices
from backproof.expr.name import Name
from backproof.expr.node import Expr, ends_equation, is_named, rebuild, walk
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate
from backproof.notation.latex import latex

from .derived_notes import EXAMPLES, INDICES, Derived, Line, derived, pieces, random_point

KINDS = (
    "wrong variable in the derivative",
    "wrong variable",
    "wrong place",
    "sign",
    "transpose",
    "order",
    "lost factor",
    "lost mean",
    "lost term",
    "lost power",
    "constant",
    "bracket",
    "activation for its derivative",
    "index",
    "bound",
)


@dataclass(frozen=True)
class Mutation:
    """One error: in which display, of which kind, and the display as it stands then."""

    kind: str
    at: int
    display: str


@dataclass(frozen=True)
class Change:
    """One part of a right side replaced: by an expression, or by characters where the result has
    no shape."""

    kind: str
    old: Expr
    new: Expr | None
    text: str = ""


# ---------------------------------------------------------------------------------------- changes


def _built(kind: str, old: Expr, make_it: Callable[[], Expr]) -> Iterator[Change]:
    try:
        yield Change(kind, old, make_it())
    except BackproofError:
        return


def _counts(e: Expr) -> bool:
    """Whether this is a mean's factor, 1/m."""
    return any(x.op == "size" for x in walk([e], is_named))


def _plain(e: Expr) -> Expr:
    return e.args[0] if e.op == "broadcast" else e


def _is_slope(a: Expr, b: Expr) -> bool:
    """Whether b is 1 - a."""
    one = _plain(b.args[0]) if b.op == "sub" else None
    return one is not None and one.op == "number" and one.attr == 1 and b.args[1] is a


def changes(right: Expr, derivation: Derived, rng: Random) -> Iterator[Change]:
    """Every change that one error makes to a part of this right side."""
    spelling = derivation.model.spelling

    def show(e: Expr) -> str:
        return latex(e, spelling)

    def grouped(e: Expr) -> str:
        text = show(e)
        return text if is_named(e) or e.op in ("transpose", "entry", "number") else f"({text})"

    for e in pieces(right):
        args = e.args
        if e.op == "neg":
            yield Change("sign", e, args[0])
        elif e.op in ("add", "sub"):
            yield Change("sign", e, (sub if e.op == "add" else add)(*args))
            yield Change("lost term", e, args[0])
            if (first := _plain(args[0])).op == "number":
                yield Change("constant", e, make(e.op, (make_like(first, args[0]), args[1])))
        elif e.op == "transpose":
            yield Change("transpose", e, None, grouped(args[0]))
        elif e.op == "matmul":
            yield Change("order", e, None, f"{grouped(args[1])} {grouped(args[0])}")
            left = args[0]
            if left.op in ("sub", "add"):
                sign = "-" if left.op == "sub" else "+"
                x, y = left.args
                text = f"{grouped(_plain(x))} {sign} {grouped(_plain(y))} {grouped(args[1])}"
                yield Change("bracket", e, None, text)
        elif e.op == "mul":
            yield from _of_product(e)
        elif e.op == "div" and not _counts(args[1]):
            yield Change("lost factor", e, args[0])
        elif e.op == "pow":
            yield Change("lost power", e, args[0])
            if (by := _plain(args[1])).op == "number":
                yield from _built(
                    "constant", e, lambda a=args[0], n=by.attr: power(a, number(n + 1))
                )
        elif e.op == "entry" and all(isinstance(i, str) for i in e.attr):
            row, column = e.attr
            yield Change("index", e, Expr("entry", e.args, (column, row), SCALAR))
        elif is_named(e) and e is not right:
            used = sum(e in x.args for x in pieces(right))
            kind = "wrong place" if used > 1 else "wrong variable"
            others = [q for q in derivation.model.roles if q is not e and is_named(q)]
            alike = [q for q in others if q.shape == e.shape] or others
            other = rng.choice(alike)
            new = other if other.shape == e.shape else None
            yield Change(kind, e, new, "" if new else show(other))


def make_like(old: Expr, repeated: Expr) -> Expr:
    """The number after this one, repeated as this one is."""
    new = number(old.attr + 1)
    return new if repeated is old else make("broadcast", (new,), repeated.attr)


def _of_product(e: Expr) -> Iterator[Change]:
    a, b = e.args
    for kept, dropped in ((a, b), (b, a)):
        bare = _plain(dropped)
        if bare.op == "number" and bare.attr == 1:
            continue
        if _counts(bare):
            kind = "lost mean"
        elif _is_slope(kept, dropped):
            kind = "activation for its derivative"
        else:
            kind = "lost factor"
        yield Change(kind, e, kept)
    if a.op in ("add", "sub"):
        x, y = a.args
        yield Change("bracket", e, make(a.op, (x, mul(y, b))))


# --------------------------------------------------------------------------------- changed lines


def _replaced(root: Expr, old: Expr, new: Expr) -> Expr:
    """`root` with one part replaced and every shape above it worked out again."""

    def again(e: Expr, args: tuple[Expr, ...]) -> Expr:
        if args == e.args:
            return e
        if e.op == "transpose":
            return args[0].T
        fresh = {"add": add, "sub": sub, "mul": mul, "div": div}.get(e.op)
        if fresh and OPS[e.op].kind == "elementwise":
            return fresh(*args)
        return make(e.op, args, e.attr)

    return rebuild(root, again, {old: new}, lambda e: ends_equation(e) and e is not old)


def differs(one: Expr, other: Expr, rng: Random) -> bool:
    """Whether the values differ, not only by chance on one side of a kink."""
    return one.shape != other.shape or all(_differs(one, other, rng) for _ in range(3))


def _differs(one: Expr, other: Expr, rng: Random) -> bool:
    point = random_point([one, other], rng)
    try:
        u, v = (evaluate(e, point, at=INDICES if has_indices(e) else None) for e in (one, other))
    except (BackproofError, IndexError):  # an index out of its range
        return True
    return max(abs(x - y) for x, y in zip(_flat(u), _flat(v), strict=True)) > 1e-6


def _flat(value: object) -> list[float]:
    return [float(x) for row in value for x in row] if isinstance(value, list) else [float(value)]  # type: ignore[arg-type]


def mutations(derivation: Derived, rng: Random) -> Iterator[Mutation]:
    """Every line with every error that fits it."""
    for at, line in enumerate(derivation.lines):
        if line.by is None:
            continue
        yield from _of_left(derivation, at, line, rng)
        yield from _of_bounds(at, line)
        for change in changes(line.right, derivation, rng):
            text = _changed(derivation, line, change, rng)
            if text is not None and text != line.text:
                yield Mutation(change.kind, at, line.written(text))


def _changed(derivation: Derived, line: Line, change: Change, rng: Random) -> str | None:
    """The right side with the change; None where it is not one."""
    if change.new is not None:
        try:
            whole = _replaced(line.right, change.old, change.new)
        except BackproofError:
            return None
        if not differs(line.right, whole, rng):
            return None
        return latex(whole, derivation.model.spelling, indices=line.indices)
    if 1 in change.old.shape and change.kind == "order":
        return None  # with one row or one column a swap may be only another spelling
    if change.old is line.right:
        return change.text
    # A letter of its own stands for the characters while the rest is printed around it.
    stand_in = name(Name("swap", latex=r"\mathfrak{Z}"), change.old.shape)
    whole = _replaced(line.right, change.old, stand_in)
    printed = latex(whole, derivation.model.spelling, indices=line.indices)
    if r"\mathfrak{Z}^" in printed or r"\mathfrak{Z}_" in printed:
        return None
    text = change.text if change.kind in ("transpose", "wrong variable") else f"({change.text})"
    return printed.replace(r"\mathfrak{Z}", text)


def _of_left(derivation: Derived, at: int, line: Line, rng: Random) -> Iterator[Mutation]:
    own = derivation.gradients.get(line.by) if line.by is not None else None
    if own is not line.right:
        return
    others = [q for q, r in derivation.gradients.items() if differs(r, own, rng)]
    if others:
        by = latex(rng.choice(others), derivation.model.spelling)
        yield Mutation("wrong variable in the derivative", at, line.written(by=by))


def _of_bounds(at: int, line: Line) -> Iterator[Mutation]:
    for start in re.finditer(r"\\sum_\{[a-z]=(1)\}\^", line.text):
        for other in "02":
            text = line.text[: start.start(1)] + other + line.text[start.end(1) :]
            yield Mutation("bound", at, line.written(text))


# ----------------------------------------------------------------------------------------- scores


@dataclass
class Tally:
    """What came of the suite."""

    seeded: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    escaped: list[tuple[str, Mutation]] = field(default_factory=list)
    flagged: list[tuple[str, str]] = field(default_factory=list)

    def share(self) -> float:
        """How many of the errors were caught."""
        return self.caught.total() / max(1, self.seeded.total())

    def lines(self) -> list[str]:
        """What is to be read."""
        told = [f"{note}: FLAGGED as it is: {what}" for note, what in self.flagged]
        told += [f"{note}: ESCAPED {m.kind}: {m.display}" for note, m in self.escaped]
        told += [f"{kind}: {self.caught[kind]}/{self.seeded[kind]}" for kind in KINDS]
        told.append(
            f"caught {self.caught.total()}/{self.seeded.total()} ({self.share():.1%}), "
            f"{len(self.flagged)} findings in the notes as they are"
        )
        return told


def findings(text: str) -> list[tuple[int, int, str, str]]:
    """The findings `wrong` and `loose` about a text: first line, last line, verdict and kind."""
    from backproof.check.check import check

    with TemporaryDirectory() as folder:
        path = Path(folder) / "note.md"
        path.write_text(text, encoding="utf-8")
        found = check(path).files[0].findings
    return [
        (f.span.line, f.span.end_line, f.verdict, f.kind)
        for f in found
        if f.verdict in ("wrong", "loose")
    ]


@cache
def chosen(path: Path, each: int) -> list[Mutation]:
    """Up to `each` errors of each kind for one example, always the same ones."""
    found = list(mutations(derived(path), Random(path.name)))
    picked: list[Mutation] = []
    for kind in KINDS:
        fitting = [m for m in found if m.kind == kind]
        picked += Random(f"{path.name} {kind}").sample(fitting, min(each, len(fitting)))
    return picked


def sample(size: int) -> list[tuple[Path, Mutation]]:
    """About `size` errors, each kind as often as the others as far as there are examples for it."""
    rng = Random("sample")
    offers = {
        kind: iter(rng.sample(found, len(found)))
        for kind in KINDS
        if (found := [(p, m) for p in EXAMPLES for m in chosen(p, 1) if m.kind == kind])
    }
    per_kind = max(1, size // len(offers))
    return [pair for offer in offers.values() for pair in islice(offer, per_kind)]


def try_out(pairs: list[tuple[Path, Mutation]], tally: Tally) -> None:
    """Check each mutated note."""
    for path, mutation in pairs:
        note = derived(path)
        line = note.line_number(mutation.at)
        found = findings(note.text(mutation.at, mutation.display))
        tally.seeded[mutation.kind] += 1
        if any(first <= line <= last for first, last, *_ in found):
            tally.caught[mutation.kind] += 1
        else:
            tally.escaped.append((path.name, mutation))


def try_unchanged(paths: list[Path], tally: Tally) -> None:
    """Check each note as it is."""
    for path in paths:
        rows = derived(path).text().splitlines()
        for first, _, verdict, kind in findings(derived(path).text()):
            tally.flagged.append((path.name, f"{first} {verdict} {kind}: {rows[first - 1]}"))


def main() -> int:
    """Run the suite over all examples, or those that are named."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("examples", nargs="*", metavar="EXAMPLE", help="all if none is named")
    ask.add_argument("--each", type=int, default=2, help="errors of a kind in an example")
    ask.add_argument("--list", action="store_true", help="only show the errors")
    said = ask.parse_args()
    paths = [p for p in EXAMPLES if not said.examples or p.stem in said.examples]
    pairs = [(p, m) for p in paths for m in chosen(p, said.each)]
    if said.list:
        for path, m in pairs:
            print(f"{path.name}: {m.kind}: {derived(path).lines[m.at].written()}  ->  {m.display}")
        return 0
    start = time.perf_counter()
    tally = Tally()
    try_unchanged(paths, tally)
    try_out(pairs, tally)
    print("\n".join(tally.lines()))
    print(f"{time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
