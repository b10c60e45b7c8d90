"""Networks built by hand, for tests that need to know what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backproof.expr.build import (
    ONE,
    add,
    div,
    let,
    matmul,
    mul,
    name,
    neg,
    number,
    power,
    size,
    sub,
    total,
    unary,
)
from backproof.expr.model import Equation, Model, Role
from backproof.expr.name import Name
from backproof.expr.node import Expr, walk
from backproof.expr.shape import SCALAR

TWO = number(2)


def model(loss: Expr, roles: Mapping[str, Role] | None = None, ones: Iterable[Expr] = ()) -> Model:
    """The model of a loss: its named quantities are the equations, free names are parameters unless
    `roles` says otherwise."""
    whole = loss if loss.op == "let" else let("L", loss)
    below = list(walk([whole]))
    found: dict[Expr, Role] = {
        e: (roles or {}).get(e.attr.plain, "parameter") for e in below if e.op == "name"
    }
    found |= {e: "hidden" for e in below if e.op == "let"}
    found[whole] = "loss"
    equations = tuple(Equation(e, "") for e in below if e.op == "let")
    return Model(equations, whole, found, samples="m", sums_to_one=tuple(ones))


def layered(base: str, layer: int, shape: tuple[int | str, int | str]) -> Expr:
    return name(Name(base, layer=str(layer)), shape)


def two_layer(square: bool = False) -> Model:
    """Two layers of sigmoids with the mean binary cross-entropy; `square` gives every dimension one
    size, so that a forgotten transpose still fits."""
    n0, n1, n2, m = ("n",) * 4 if square else ("n0", "n1", 1, "m")
    x, y = name("X", (n0, m)), name("y", (n2, m))
    z1 = let(
        Name("z", layer="1"), add(matmul(layered("W", 1, (n1, n0)), x), layered("b", 1, (n1, 1)))
    )
    a1 = let(Name("a", layer="1"), unary("sigmoid", z1))
    z2 = let(
        Name("z", layer="2"), add(matmul(layered("W", 2, (n2, n1)), a1), layered("b", 2, (n2, 1)))
    )
    a2 = let(Name("a", layer="2"), unary("sigmoid", z2))
    h = let("h", a2)
    entropy = sub(neg(mul(y, unary("log", h))), mul(sub(ONE, y), unary("log", sub(ONE, h))))
    loss = let("L", mul(div(ONE, size(m, x)), total(entropy)))
    return model(loss, {"X": "input", "y": "target"})


def chain(depth: int) -> Model:
    """`depth` layers of tanh with a bias, and the mean squared error."""
    x, y = name("X", ("n", "m")), name("Y", ("n", "m"))
    h = x
    for i in range(1, depth + 1):
        z = add(matmul(layered("W", i, ("n", "n")), h), layered("b", i, ("n", 1)))
        h = let(Name("a", layer=str(i)), unary("tanh", let(Name("z", layer=str(i)), z)))
    error = total(power(sub(h, y), TWO))
    return model(let("L", mul(div(ONE, size("m", x)), error)), {"X": "input", "Y": "target"})


def scalars(formula: Expr) -> Model:
    """A model of single numbers, `a` its only parameter."""
    free = {e.attr.plain for e in walk([formula]) if e.op == "name"} - {"a"}
    return model(formula, dict.fromkeys(free, "input"))


def of_matrix(out: Expr, weights: str = "V") -> Model:
    """The entries of one operation added up with weights: a loss for every operation on
    matrices."""
    loss = (
        total(mul(name(weights, out.shape), out))
        if out.shape != SCALAR
        else mul(name(weights, SCALAR), out)
    )
    return model(loss, {weights: "input"})
