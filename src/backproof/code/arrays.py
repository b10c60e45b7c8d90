"""Instructions as lines of an array language: NumPy, JAX and PyTorch share everything but words.

Repeating a value costs nothing there, so it is written only where a result must have its full size.
A value of one entry (1 x 1) is a plain number, everything else has two dimensions.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..errors import RefusedError
from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, Shape, dim_letters
from .program import Instruction, Program

ATOM, POWER, UNARY, PRODUCT, SUM, COMPARISON = 6, 5, 4, 3, 2, 1
WIDTH = 88  # what common formatters leave on one line
# How long a part of a line that is too long may be before it gets one of its own; less if that
# doesn't help.
_ROOMS = (WIDTH // 2, WIDTH // 3, WIDTH // 5, 8)
Form = str | Callable[["Lines", Expr, list["Box"]], "Box"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words of one array language.

    `forms` maps each operation to a template (`np.exp({0})`) or a function that writes it;
    `helpers` are functions that a module defines for itself, by operation.
    """

    library: str
    forms: Mapping[str, Form]
    helpers: Mapping[str, str]
    axis: str = "axis"
    keep: str = "keepdims"
    cast: str = "astype"
    make: str = "asarray"
    copy: str = ".copy()"


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of text, how tightly it binds, and the shape that it has when nothing is repeated.

    `number` is true for what is known without data, such as `1 / m`; `boolean` for a comparison,
    which may stand as a factor but not alone.
    """

    text: str
    binds: int
    shape: Shape
    number: bool = False
    boolean: bool = False

    def at(self, binds: int) -> str:
        """The text, in parentheses where it binds less tightly."""
        return self.text if self.binds >= binds else f"({self.text})"


class Lines:
    """Spells the instructions of a program."""

    def __init__(self, program: Program, dialect: Dialect, indent: int = 4) -> None:
        self.program = program
        self.dialect = dialect
        self.helpers: dict[str, str] = {}
        self.indent = " " * indent
        self.lines: list[str] = []
        leaves = [*program.parameters.values(), *program.data.values()]
        arrays = [e for e in leaves if e.shape != SCALAR]
        # Whose precision numbers take; with numbers alone there is none to take.
        self.like = program.names[arrays[0]] if arrays else ""
        self._shapes: dict[str, Shape] = {}
        self._numbers: set[str] = set()
        self._free = 0
        self.uses_math = False
        self.counts: set[str] = set()  # the letters of dimensions that were written down

    # -- lines -----------------------------------------------------------------------------

    def write(self, instruction: Instruction) -> None:
        """One instruction: a comment and a line, or more lines where one would be too long."""
        words = instruction.equation
        if instruction.laws:
            words += f"  [{', '.join(instruction.laws)}]"
        room = WIDTH - len(self.indent) - 2
        if words:
            self.lines += [
                f"{self.indent}# {line}"
                for line in textwrap.wrap(words, room, break_long_words=False)
            ]
        lines, box = self._written(instruction, 10 * WIDTH)
        for room in _ROOMS:
            if all(len(line) <= WIDTH for line in lines):
                break
            lines, box = self._written(instruction, room)
        self._shapes[instruction.name] = instruction.shape
        if box.number:
            self._numbers.add(instruction.name)
        self._free += len(lines) - 1
        self.lines += lines

    def _written(self, instruction: Instruction, room: int) -> tuple[list[str], Box]:
        """The lines of an instruction: parts that take more than `room` get lines before it."""
        before: list[str] = []
        boxes: dict[Expr, Box] = {}
        for e in self.program.operands(instruction.value):
            boxes[e] = self._given(e)
        for e in self.program.parts(instruction.value):
            box = self._box(e, [boxes[a] for a in e.args])
            if e is not instruction.value and len(box.text) > room:
                name = f"part{self._free + len(before) + 1}"
                before.append(f"{self.indent}{name} = {box.text}")
                box = Box(name, ATOM, box.shape, box.number, box.boolean)
            boxes[e] = box
        box = self._valued(boxes[instruction.value])
        value = box.text
        if instruction.shape not in (box.shape, SCALAR):
            value = self._full(box, instruction.shape, own=True)
        return [*before, f"{self.indent}{instruction.name} = {value}"], box

    def _given(self, e: Expr) -> Box:
        name = self.program.names[e]
        return Box(name, ATOM, self._shapes.get(name, e.shape), name in self._numbers)

    # -- boxes -----------------------------------------------------------------------------

    def _box(self, e: Expr, args: list[Box]) -> Box:
        op = e.op
        if op in LEAVES:
            return LEAVES[op](self, e)
        if op == "broadcast":
            return args[0]
        number = bool(args) and all(a.number for a in args)
        args = self._factors(op, args)
        if op in _INFIX:
            return self._infix(op, args, number)
        if number and op in ELEMENTWISE:
            return self._of_numbers(op, args)
        form = self.dialect.forms.get(op)
        if form is None:
            raise RefusedError(
                f"{op} has no form in {self.dialect.library}",
                hint="it is an operation on single entries; write it with whole matrices",
            )
        if op not in ELEMENTWISE:
            args = [self._whole(a, x.shape) for a, x in zip(args, e.args, strict=True)]
        if op in self.dialect.helpers:
            self.helpers[op] = self.dialect.helpers[op]
        if callable(form):
            return form(self, e, args)
        shape = joined([a.shape for a in args]) if op in ELEMENTWISE else e.shape
        return Box(form.format(*(a.text for a in args)), _binds(form), shape)

    def _factors(self, op: str, args: list[Box]) -> list[Box]:
        """The arguments, comparisons among them as numbers unless they multiply an array."""
        if not any(a.boolean for a in args):
            return args
        arrays = [a for a in args if not a.boolean and not a.number]
        return args if op == "mul" and arrays else [self._valued(a) for a in args]

    def _valued(self, box: Box) -> Box:
        if not box.boolean:
            return box
        if not self.like:
            return Box(f"1.0 * {box.at(UNARY)}", PRODUCT, box.shape)
        if box.shape == SCALAR:
            made = f"{self.dialect.library}.{self.dialect.make}"
            return Box(f"{made}({box.text}, dtype={self.like}.dtype)", ATOM, SCALAR)
        text = f"{box.at(ATOM)}.{self.dialect.cast}({self.like}.dtype)"
        return Box(text, ATOM, box.shape)

    def _infix(self, op: str, args: list[Box], number: bool) -> Box:
        sign, binds, right = _INFIX[op]
        one, other = args
        if op == "pow":
            text = powered(one, other.at(UNARY))
        else:
            text = f"{one.at(binds)} {sign} {other.at(right)}"
        return Box(text, binds, joined([a.shape for a in args]), number)

    def _of_numbers(self, op: str, args: list[Box]) -> Box:
        """A function of numbers alone, such as sqrt(d): a plain number, of no precision of its
        own."""
        if op == "neg":
            return negative(args[0], SCALAR, number=True)
        form = _NUMBERS.get(op)
        if form is None:
            raise RefusedError(f"{op} of a number alone has no form in {self.dialect.library}")
        self.uses_math = self.uses_math or "math." in form
        return Box(form.format(*(a.text for a in args)), ATOM, SCALAR, True)

    def _whole(self, box: Box, shape: Shape) -> Box:
        if shape in (box.shape, SCALAR):
            return box
        return Box(self._full(box, shape), ATOM, shape)

    def _full(self, box: Box, shape: Shape, own: bool = False) -> str:
        library = self.dialect.library
        sides = f"({self.dim(shape[0])}, {self.dim(shape[1])})"
        if box.number:
            if not self.like:
                return f"{library}.full({sides}, 1.0 * {box.at(UNARY)})"
            return f"{library}.full({sides}, {box.text}, dtype={self.like}.dtype)"
        text = f"{library}.broadcast_to({box.text}, {sides})"
        return f"{text}.copy()" if own and library == "np" else text

    def matrix(self, box: Box) -> str:
        """The text of an operand that must have two dimensions, also where it is 1 x 1."""
        if box.shape != SCALAR:
            return box.text
        if box.number:
            return self._full(box, SCALAR)
        return f"{self.dialect.library}.reshape({box.text}, (1, 1))"

    # -- small words -----------------------------------------------------------------------

    def dim(self, dim: Dim) -> str:
        """A dimension as text: `m`, `n + 1`."""
        self.counts.update(dim_letters(dim))
        return str(dim).replace("+", " + ")

    def along(self, axis: str) -> str:
        """The arguments for a sum down the columns (`rows`) or along the rows (`columns`)."""
        d = self.dialect
        return f"{d.axis}={0 if axis == 'rows' else 1}, {d.keep}=True"


def negative(box: Box, shape: Shape, number: bool = False) -> Box:
    """A minus in front; a power gets parentheses, which a reader needs more than Python."""
    return Box(f"-{box.at(ATOM if box.binds == POWER else UNARY)}", UNARY, shape, number)


def powered(base: Box, exponent: str) -> str:
    """A power, with the blanks that Python's formatters put around the sign."""
    one = base.at(ATOM)
    simple = _SIMPLE.fullmatch(one) and _SIMPLE.fullmatch(exponent)
    return f"{one}**{exponent}" if simple else f"{one} ** {exponent}"


_SIMPLE = re.compile(r"-?[\w.]+")


def joined(shapes: list[Shape]) -> Shape:
    """The shape of an elementwise result of values that have these shapes."""
    out: list[Dim] = []
    for axis in (0, 1):
        out.append(next((s[axis] for s in shapes if s[axis] != 1), 1))
    return (out[0], out[1])


def _binds(form: str) -> int:
    return UNARY if form.startswith("-") else ATOM


_INFIX = {
    "add": ("+", SUM, SUM),
    "sub": ("-", SUM, PRODUCT),
    "mul": ("*", PRODUCT, UNARY),
    "div": ("/", PRODUCT, UNARY),
    "pow": ("**", POWER, UNARY),
}
ELEMENTWISE = frozenset(
    """neg exp log sqrt abs sign step sin cos tan sinh cosh tanh sigmoid relu softplus erf log1p
    expm1 log1mexp max min where add sub mul div pow""".split()
)
_NUMBERS = {
    "exp": "math.exp({0})",
    "log": "math.log({0})",
    "sqrt": "math.sqrt({0})",
    "abs": "abs({0})",
    "sin": "math.sin({0})",
    "cos": "math.cos({0})",
    "tan": "math.tan({0})",
    "tanh": "math.tanh({0})",
    "sinh": "math.sinh({0})",
    "cosh": "math.cosh({0})",
    "erf": "math.erf({0})",
    "log1p": "math.log1p({0})",
    "expm1": "math.expm1({0})",
    "log1mexp": "math.log(-math.expm1({0}))",
    "sigmoid": "(1 / (1 + math.exp(-({0}))))",
    "softplus": "math.log1p(math.exp({0}))",
    "relu": "max({0}, 0)",
    "sign": "(({0} > 0) - ({0} < 0))",
    "step": "float({0} > 0)",
    "max": "max({0}, {1})",
    "min": "min({0}, {1})",
    "where": "({2} if {0} > {1} else {3})",
}


def _number(lines: Lines, e: Expr) -> Box:
    top, bottom = e.attr.numerator, e.attr.denominator
    sign = UNARY if top < 0 else ATOM
    if bottom == 1:
        return Box(str(top), sign, SCALAR, True)
    value = top / bottom
    if abs(value * bottom - top) == 0 and len(repr(value)) <= 12:
        return Box(repr(value), sign, SCALAR, True)
    return Box(f"{top} / {bottom}", PRODUCT if top > 0 else UNARY - 1, SCALAR, True)


def _constant(lines: Lines, e: Expr) -> Box:
    lines.uses_math = True
    return Box(f"math.{e.attr}", ATOM, SCALAR, True)


def _size(lines: Lines, e: Expr) -> Box:
    text = lines.dim(e.attr)
    return Box(text, SUM if "+" in text else ATOM, SCALAR, True)


def _leaf(lines: Lines, e: Expr) -> Box:
    """A leaf as a result: a copy, which the caller may change."""
    copied = lines.dialect.copy if e.shape != SCALAR else ""
    return Box(lines.program.names[e] + copied, ATOM, e.shape)


def _identity(lines: Lines, e: Expr) -> Box:
    kind = f", dtype={lines.like}.dtype" if lines.like else ""
    made = f"{lines.dialect.library}.eye({lines.dim(e.shape[0])}{kind})"
    return Box(made, ATOM, e.shape)


LEAVES: dict[str, Callable[[Lines, Expr], Box]] = {
    "number": _number,
    "constant": _constant,
    "size": _size,
    "identity": _identity,
    "name": _leaf,
}
