"""Instructions cut into pieces that are one loop nest each.

For languages that write every entry themselves. Elementwise parts grow together over any number of
operations; turning and repeating is done by the indices alone. What needs all entries of a line
first (a product, a sum, a softmax) is a piece of its own, and goes to the place of the whole result
where it has its shape, so that the elementwise rest works there in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import RefusedError
from ..expr.node import Expr
from ..expr.ops import OPS
from ..expr.shape import SCALAR
from .program import Instruction, Program

SUMS = frozenset({"sum", "sqnorm", "norm", "trace"})
# These run over a line more than once, so what they run over must be there already.
TOPS = frozenset({"amax", "logsumexp"})
LINES = frozenset({"softmax", "log_softmax", "argmax_mask"})
_NESTS = SUMS | TOPS | LINES | {"stack"}
_INDICES = frozenset({"transpose", "broadcast", "block", "entry"})
_NUMBERS = frozenset({"number", "constant"})
_FOLDED = frozenset({"neg", "add", "sub", "mul", "div"})


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One loop nest: `value` goes to `name`. `core` is the part of the value that is put there
    first, all of it or less; `products` are its terms where it is a sum of products of matrices."""

    name: str
    value: Expr
    core: Expr
    products: tuple[Expr, ...] = ()


@dataclass(slots=True, eq=False)
class Cut:
    """The pieces of an instruction in order, the places of those parts that are no buffers, and
    the shapes of the places that it needs besides its own."""

    pieces: list[Piece] = field(default_factory=list[Piece])
    places: dict[Expr, str] = field(default_factory=dict[Expr, str])
    parts: dict[str, Expr] = field(default_factory=dict[str, Expr])


def outer(e: Expr) -> bool:
    """Whether a product of matrices has one term an entry: then it is an elementwise one."""
    return e.op == "matmul" and e.args[0].shape[1] == 1


def cut(program: Program, instruction: Instruction, part: Callable[[], str]) -> Cut:
    """The pieces of one instruction; `part` gives out names.

    Raises RefusedError for formulas of single entries.
    """
    return _Cutter(program, instruction).cut(part)


class _Cutter:
    def __init__(self, program: Program, instruction: Instruction) -> None:
        self.name = instruction.name
        self.root = instruction.value
        self.order = list(program.parts(self.root))
        self.own = set(self.order)
        self.products: set[Expr] = set()
        self.busy: set[Expr] = set()
        for e in self.order:
            self._look(e)
        self.cuts = {a for e in self.order for a in e.args if a in self.own and self._parted(e, a)}

    def _look(self, e: Expr) -> None:
        if OPS[e.op].kind == "entry" and not _fixed(e):
            raise RefusedError(
                f"{e.op} has no form in a loop",
                hint="it is an operation on single entries; write it with whole matrices",
            )
        added = e.op == "add" and all(a in self.products for a in e.args)
        if added or (e.op == "matmul" and not outer(e)):
            self.products.add(e)
        idle = OPS[e.op].kind == "leaf" or e.op in _INDICES or _is_number(e)
        if not idle or any(a in self.busy for a in e.args):
            self.busy.add(e)

    def _parted(self, e: Expr, a: Expr) -> bool:
        """Whether the argument `a` of `e` is a piece of its own."""
        if a in self.products:
            return not (e.op == "add" and e in self.products)
        if a.op in _NESTS:
            return True
        repeated = (e.op == "broadcast" or outer(e)) and a.shape != e.shape
        again = e.op in TOPS | LINES or e in self.products
        return (repeated or again) and a in self.busy

    def cut(self, part: Callable[[], str]) -> Cut:
        shared: dict[Expr, Expr] = {}  # a piece -> the piece whose place it takes
        cores: dict[Expr, Expr] = {}
        for e in [*(e for e in self.order if e in self.cuts), self.root]:
            fitting = sorted(self._fitting(e), key=lambda a: a not in self.products)
            if fitting:
                shared[fitting[0]] = e
                if e.op not in LINES:
                    cores[e] = fitting[0]
        out = Cut()
        for e in self.order:
            if e in self.cuts:
                user = e
                while user in shared:
                    user = shared[user]
                if user is self.root:
                    out.places[e] = self.name
                elif e not in out.places:
                    self._place(e, shared, part(), out)
            if (e in self.cuts and e not in cores.values()) or e is self.root:
                name = self.name if e is self.root else out.places[e]
                core = cores.get(e, e)
                products = tuple(_terms(core)) if core in self.products else ()
                out.pieces.append(Piece(name, e, core, products))
        return out

    def _place(self, e: Expr, shared: Mapping[Expr, Expr], name: str, out: Cut) -> None:
        """One place for a piece and for those whose place it takes."""
        out.parts[name] = e
        out.places[e] = name
        while e in shared:
            e = shared[e]
            out.places[e] = name

    def _fitting(self, root: Expr) -> Iterator[Expr]:
        """The pieces that are read only at the entry that is being worked out."""
        if root.op in LINES:
            if root.shape == SCALAR:  # a number has no place to be worked on in
                return
            yield from (a for a in root.args if a in self.cuts)
            return
        stack = [root]
        while stack:
            e = stack.pop()
            if e is not root and e in self.cuts:
                yield e
            elif OPS[e.op].kind == "elementwise" and e not in self.products:
                stack += [a for a in e.args if a in self.own]


def _fixed(e: Expr) -> bool:
    return e.op == "entry" and all(isinstance(i, int) for i in e.attr)


def _is_number(e: Expr) -> bool:
    """Arithmetic with numbers alone, as in 1/2."""
    stack = [e]
    while stack:
        e = stack.pop()
        if e.op not in _NUMBERS and e.op not in _FOLDED:
            return False
        stack += e.args
    return True


def _terms(e: Expr) -> Iterator[Expr]:
    """The products of a sum of products."""
    stack = [e]
    while stack:
        e = stack.pop()
        if e.op == "matmul":
            yield e
        else:
            stack += reversed(e.args)
