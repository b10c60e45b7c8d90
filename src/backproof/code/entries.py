"""Elementwise formulas as the text of one entry, indices worked out on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from ..errors import RefusedError
from ..expr.node import Expr
from ..expr.shape import Dim, Shape

ATOM, UNARY, PRODUCT, SUM, CHOICE = 5, 4, 3, 2, 1
Place = tuple[Expr, str, str]  # an expression, its row, its column
Names = Callable[[Expr], str | None]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text and how tightly it binds; `bare` is a number without a precision."""

    text: str
    binds: int = ATOM
    bare: bool = False

    def at(self, binds: int) -> str:
        return self.text if self.binds >= binds else f"({self.text})"


class Words(Protocol):
    """How a language writes the parts of a formula. `forms` has templates, `choice` that of
    `where`."""

    forms: Mapping[str, str]
    choice: str

    def entry(self, name: str, shape: Shape, row: str, column: str) -> str: ...
    def count(self, dim: Dim) -> str: ...
    def number(self, value: Fraction) -> Text: ...
    def typed(self, text: Text) -> Text: ...
    def constant(self, name: str) -> Text: ...


_INFIX = {
    "add": ("+", SUM, SUM),
    "sub": ("-", SUM, PRODUCT),
    "mul": ("*", PRODUCT, UNARY),
    "div": ("/", PRODUCT, UNARY),
    "matmul": ("*", PRODUCT, UNARY),
}


def shifted(start: str, index: str) -> str:
    """An index behind what stands before it."""
    if start in ("", "0"):
        return index
    return start if index == "0" else f"{start} + {index}"


class Entries:
    """Spells entries. Given expressions have names; `known` are those with a text of their own.

    A text longer than `room`, and what is needed twice, is handed to `aside`, which gives back the
    name of a number that holds it.
    """

    def __init__(
        self,
        words: Words,
        names: Names,
        known: Mapping[Expr, Text],
        aside: Callable[[str], str],
        room: int,
    ) -> None:
        self.words = words
        self.names = names
        self.known = known
        self.aside = aside
        self.room = room

    def text(self, root: Expr, row: str, column: str) -> Text:
        """One entry of an expression."""
        done: dict[Place, Text] = {}
        top = (root, row, column)
        stack = [top]
        while stack:
            place = stack[-1]
            if place in done:
                stack.pop()
                continue
            inside = [] if self._given(place[0]) else list(self._inside(*place))
            waiting = [p for p in inside if p not in done]
            if waiting:
                stack += reversed(waiting)
                continue
            stack.pop()
            made = self._spelled(place, [done[p] for p in inside])
            if place != top and len(made.text) > self.room:
                made = Text(self.aside(made.text))
            done[place] = made
        return done[top]

    def product(self, a: Expr, b: Expr, row: str, inner: str, column: str) -> str:
        """One term of an entry of a product of matrices."""
        one, other = self.text(a, row, inner), self.text(b, inner, column)
        return self._infix("mul", [one, other]).text

    def squared(self, e: Expr, row: str, column: str) -> str:
        """The square of an entry."""
        return self._times(self.text(e, row, column), 2).text

    def _given(self, e: Expr) -> bool:
        return e in self.known or self.names(e) is not None

    def _inside(self, e: Expr, row: str, column: str) -> Iterator[Place]:
        """The entries that an entry is made of."""
        if e.op == "transpose":
            yield e.args[0], column, row
        elif e.op == "broadcast":
            rows, columns = e.args[0].shape
            yield e.args[0], "0" if rows == 1 else row, "0" if columns == 1 else column
        elif e.op == "matmul":
            a, b = e.args
            yield a, "0" if a.shape[0] == 1 else row, "0"
            yield b, "0", "0" if b.shape[1] == 1 else column
        elif e.op == "block":
            axis, before, _ = e.attr
            start = " + ".join(self.words.count(d) for d in before)
            if axis == "rows":
                yield e.args[0], shifted(start, row), column
            else:
                yield e.args[0], row, shifted(start, column)
        elif e.op == "entry":
            yield e.args[0], str(e.attr[0] - 1), str(e.attr[1] - 1)
        else:
            yield from ((a, row, column) for a in e.args if e.op != "size")

    def _spelled(self, place: Place, args: list[Text]) -> Text:
        e, row, column = place
        words = self.words
        if e in self.known:
            return self.known[e]
        name = self.names(e)
        if name is not None:
            return Text(words.entry(name, e.shape, row, column))
        if e.op == "number":
            return words.number(e.attr)
        if e.op == "constant":
            return words.constant(e.attr)
        if e.op == "size":
            count = words.count(e.attr)
            return words.typed(Text(count, SUM if "+" in count else ATOM, bare=True))
        if e.op == "identity":
            if row == column:
                return words.number(Fraction(1))
            one, zero = (words.typed(words.number(Fraction(n))).text for n in (1, 0))
            return Text(words.choice.format(f"{row} == {column}", one, zero), CHOICE)
        if e.op in ("transpose", "broadcast", "block", "entry"):
            return args[0]
        if e.op in _INFIX:
            return self._infix(e.op, args)
        return self._called(e, args)

    def _infix(self, op: str, args: list[Text]) -> Text:
        one, other = args
        sign, binds, right = _INFIX[op]
        if one.bare and other.bare:
            one = self.words.typed(one)
        return Text(f"{one.at(binds)} {sign} {other.at(right)}", binds)

    def _called(self, e: Expr, args: list[Text]) -> Text:
        words = self.words
        if e.op == "neg":
            return Text(f"-{words.typed(args[0]).at(ATOM)}", UNARY)
        if e.op == "where":
            a, b, yes, no = (words.typed(a) for a in args)
            test = f"{a.at(SUM)} > {b.at(SUM)}"
            return Text(words.choice.format(test, yes.at(SUM), no.at(SUM)), CHOICE)
        if e.op == "pow":
            return self._power(e, args)
        form = words.forms.get(e.op)
        if form is None:
            raise RefusedError(f"{e.op} has no form in a loop")
        return Text(form.format(*(words.typed(a).text for a in args)))

    def _power(self, e: Expr, args: list[Text]) -> Text:
        exponent = e.args[1]
        while exponent.op == "broadcast":
            exponent = exponent.args[0]
        times = exponent.attr if exponent.op == "number" else None
        if times in (2, 3):
            return self._times(self.words.typed(args[0]), int(times))
        if times == -1:
            one = self.words.typed(self.words.number(Fraction(1)))
            return self._infix("div", [one, args[0]])
        form = self.words.forms["sqrt" if times == Fraction(1, 2) else "pow"]
        return Text(form.format(*(self.words.typed(a).text for a in args)))

    def _times(self, text: Text, times: int) -> Text:
        """A small power as a product; what would be worked out twice gets a name before."""
        simple = text.text.replace("[", "").replace("]", "").replace(", ", "")
        if not simple.isidentifier() and not text.bare:
            text = Text(self.aside(text.text))
        return Text(" * ".join([text.text] * times), PRODUCT)
