"""Each example with its derivation written below it, a display to an equation.

Only the formulas come from `derive`: what `check` says of them must not depend on how a derivation
is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation, Stage, Step
from backproof.expr.model import Model
from backproof.expr.node import Expr, ends_equation, is_named, replace_parts, walk
from backproof.expr.ops import make
from backproof.expr.shape import Shape, dim_letters, dim_value
from backproof.expr.values import free_names
from backproof.notation import read
from backproof.notation.latex import latex

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
INDICES = {letter: 1 + i % 2 for i, letter in enumerate("ijklpqrs")}


@dataclass(frozen=True)
class Line:
    r"""One equation of the derivation: `\frac{\partial L}{\partial by} = right`.

    `first` is the short name that the line introduces, empty where there is none. A definition of
    a short name alone, which can't be wrong, has no `by`. Without `indices` the line is written for
    all entries at once.
    """

    right: Expr
    text: str
    of: str = ""
    by: Expr | None = None
    by_text: str = ""
    first: str = ""
    indices: bool = True

    def written(self, text: str | None = None, by: str | None = None) -> str:
        """The display, perhaps with another right side or another variable on the left."""
        right = self.text if text is None else text
        if self.by is None:
            return f"$${self.first} = {right}$$"
        left = rf"\frac{{\partial {self.of}}}{{\partial {by or self.by_text}}}"
        return f"$${self.first + ' = ' if self.first else ''}{left} = {right}$$"


@dataclass(frozen=True)
class Derived:
    """A note and the lines that were written below it, each with its place in the file."""

    name: str
    head: str
    lines: tuple[Line, ...]
    model: Model
    gradients: Mapping[Expr, Expr]

    def text(self, at: int = -1, instead: str = "") -> str:
        """The whole note, with one display perhaps replaced."""
        shown = [instead if i == at else line.written() for i, line in enumerate(self.lines)]
        return self.head + "\n\n".join(shown) + "\n"

    def line_number(self, at: int) -> int:
        """Where a display stands in the text."""
        return self.head.count("\n") + 1 + 2 * at


@cache
def derived(path: Path) -> Derived:
    """The example with its derivation."""
    model = read(path)
    derivation = derive(model)
    head = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n## -\n\n"
    lines = tuple(_lines(derivation))
    gradients = {s.quantity: s.result for s in derivation.stages if is_named(s.quantity)}
    return Derived(path.name, head, lines, model, gradients)


def _lines(derivation: Derivation) -> Iterator[Line]:
    model = derivation.model
    loss = latex(model.loss, model.spelling)

    def show(expr: Expr, indices: bool = True) -> str:
        return latex(expr, model.spelling, indices=indices)

    def line(of: str, by: Expr, right: Expr, indices: bool = True) -> Line:
        return Line(right, show(right, indices), of, by, show(by, indices), indices=indices)

    for stage in derivation.stages:
        yield from _factors(stage, show, line)
        first = show(stage.name) if stage.name is not None else ""
        if is_named(stage.quantity):
            yield replace(line(loss, stage.quantity, stage.result), first=first)
        elif first:
            yield Line(stage.result, show(stage.result), first=first)
    for steps in derivation.products.values():
        one = steps[0].before  # an entry of the gradient
        by = make("entry", (one.args[0].args[1],), one.attr)
        yield line(loss, by, whole_product(steps))


def _factors(stage: Stage, show: Callable[..., str], line: Callable[..., Line]) -> Iterator[Line]:
    """What is derived along one link, entry by entry: `a (1 - a)`."""
    for link in stage.links:
        plain = is_named(link.upper) and is_named(link.lower) and link.upper.shape != (1, 1)
        if link.kind == "elementwise" and link.factor is not None and plain and link.front is None:
            yield line(show(link.upper), link.lower, link.factor, False)


def whole_product(steps: tuple[Step, ...]) -> Expr:
    """One entry of a gradient, in the tidiest form that the steps reach from their first line."""
    product = steps[0].after
    for step in steps[1:]:
        product = replace_parts(product, {step.before: step.after})
    return product


def random_point(exprs: list[Expr], rng: Random) -> dict[str, list[list[float]]]:
    """Values for all free names, no two dimensions alike."""
    names = free_names(*exprs)
    letters = sorted({x for n in names for d in n.shape for x in dim_letters(d)})
    sizes = {letter: 2 + i for i, letter in enumerate(letters)}

    def matrix(shape: Shape) -> list[list[float]]:
        rows, columns = (dim_value(d, sizes) for d in shape)
        return [[rng.uniform(0.2, 0.9) for _ in range(columns)] for _ in range(rows)]

    return {n.attr.plain: matrix(n.shape) for n in names}


def pieces(right: Expr) -> list[Expr]:
    """What a right side writes out, down to names."""
    return [e for e in walk([right], ends_equation) if e.op != "size"]
