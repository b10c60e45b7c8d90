"""What is wrong with an equation by itself: mistakes in definitions, which nothing contradicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..notation.lower.trees import walk
from ..notation.syntax import Big, Derivative, Tree
from .calls import mentions
from .edits.factors import shifted
from .edits.trees import put
from .edits.trees import walk as trees_of
from .facts import Survey
from .terms import Add, Call, Div, Mul, Name, Num, Sum, Term, Unclear, names
from .terms import walk as parts
from .unparse import unparse


def slip(term: Term, survey: Survey) -> str:
    """The kind of mistake in a formula, or nothing."""
    if any(isinstance(part, Sum) and _one_too_many(part, survey) for part in parts(term)):
        return "off by one"
    if _crossed_entropy(term):
        return "convention"
    return ""


def within(left: Tree, right: Tree, translate: Callable[[Tree], Term], survey: Survey) -> str:
    """An equation with a limit of one of its sums moved, so that no sum has a term too many; empty
    if there is none."""
    for path, part in trees_of(right):
        for where, new in shifted(part) if isinstance(part, Big) else ():
            moved = put(right, (*path, *where), new)
            try:
                if slip(translate(moved), survey) != "off by one":
                    return f"{unparse(left)} = {unparse(moved)}"
            except Unclear:
                continue
    return ""


def misplaced(trees: Iterable[Tree]) -> bool:
    r"""Whether a derivative has its operand below the line: `\frac{\partial}{\partial w L(a)}`."""
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Derivative) and node.of is not None and node.by:
                place, by = node.of.span, node.by[-1].span
                if (place.line, place.column) > (by.line, by.column):
                    return True
    return False


def _one_too_many(term: Sum, survey: Survey) -> bool:
    """A sum over samples from 0 to m: with the mean over m, or where the note has samples 1 to m,
    it has one term too many."""
    if _oversteps(term, survey):
        return True
    return (
        isinstance(term.lower, Num)
        and term.lower.text == "0"
        and isinstance(term.upper, Name)
        and term.upper.base in survey.sample_counts
        and set(term.letters) <= survey.samples
    )


def _oversteps(term: Sum, survey: Survey) -> bool:
    """A sum from 0 to N over what the note writes as `y_1, ..., y_N`, or from 1 to N over `y_0,
    ..., y_{N-1}`."""
    if not isinstance(term.lower, Num) or not isinstance(term.upper, Name) or term.upper.indices:
        return False
    low, high = term.lower.text, term.upper.base
    beyond = {"0": ("1", high), "1": ("0", f"{high}-1")}.get(low)
    return beyond is not None and any(
        survey.ranges.written.get(name.base) == beyond and index.letter in term.letters
        for name in names(term.body)
        for index in name.lower[:1]
        if not index.shift and not index.others
    )


def _crossed_entropy(term: Term) -> bool:
    """`-(y log p) + (1 - y) log(1 - p)`: the two halves of a cross-entropy have one sign."""
    halves: dict[bool, set[int]] = {True: set(), False: set()}
    for sign, part in _signed(term, 1):
        factors = part.factors if isinstance(part, Mul) else (part,)
        logs = [f for f in factors if isinstance(f, Call) and f.function.base in ("log", "ln")]
        if len(logs) != 1:
            continue
        rest = [f for f in factors if f is not logs[0]]
        opposite = _complement(logs[0].arguments[0])
        if opposite is not None and any(_complement(f) is not None for f in rest):
            halves[False].add(sign)
        elif opposite is None and any(isinstance(f, Name) for f in rest):
            halves[True].add(sign)
    yes, no = halves[True], halves[False]
    return len(yes) == len(no) == 1 and yes != no


def _complement(term: Term) -> Term | None:
    """x of `1 - x`."""
    if isinstance(term, Add) and len(term.terms) == 2 and term.signs == (1, -1):
        one, x = term.terms
        if isinstance(one, Num) and one.text == "1":
            return x
    return None


def _signed(term: Term, sign: int) -> Iterator[tuple[int, Term]]:
    """The terms of a sum with their signs, through brackets, means and sums."""
    if isinstance(term, Add):
        for part, own in zip(term.terms, term.signs, strict=True):
            yield from _signed(part, sign * own)
    elif isinstance(term, Sum):
        yield from _signed(term.body, sign)
    elif isinstance(term, Div):
        yield from _signed(term.above, sign)
    elif isinstance(term, Mul) and isinstance(term.factors[-1], Sum | Add):
        if not mentions(term.factors[:-1], "log"):
            yield from _signed(term.factors[-1], sign)
    else:
        yield sign, term
