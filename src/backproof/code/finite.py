"""Values that are finite, worked out without infinities on the way.

`Y / P` times `P` is `Y`, also where a softmax has come down to 0; `z / (1 + exp(-z))` is
`z sigmoid(z)`, also where the exponential overflows; `y log y` is 0 where y is. Each form here
equals the formula that it takes the place of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..expr.build import ONE, ZERO, add, broadcast, div, elementwise, mul, neg, number, sub, unary
from ..expr.node import Expr, rebuild, same
from ..expr.ops import make
from ..expr.shape import SCALAR

_TWO = number(2)
# What only comes close to 0, and is 0 in floating point.
_POSITIVE = ("sigmoid", "softmax", "exp")
# How many operations a factor is looked for under.
_DEEP = 24


def finite(e: Expr) -> Expr:
    """The node in a form that overflow and underflow do not spoil; `e` itself where there is none.
    Its arguments have been through it."""
    if e.op == "log":
        return _log(e.args[0]) or e
    if e.op == "div":
        return _quotient(e) or e
    if e.op == "mul":
        return _product(e) or e
    if e.op == "argmax_mask" and e.shape == SCALAR:
        return ONE  # a lone entry is the largest; nobody would read it
    return e


def all_finite(root: Expr, given: Collection[Expr] = ()) -> Expr:
    """An expression with all of its nodes in such a form; what is `given` stays as it is."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        return finite(same(old, args))

    return rebuild(root, change, None, lambda e: e in given or e.op == "let")


# -- logarithms ------------------------------------------------------------------------------


def _log(x: Expr) -> Expr | None:
    """The logarithm of what may come down to 0 or overflow."""
    if x.op == "softmax":
        return make("log_softmax", x.args, x.attr)
    z = _of_sigmoid(x)
    if z is not None:
        return neg(unary("softplus", _minus(z)))
    if x.op == "exp":
        return x.args[0]
    if x.op == "cosh":
        size = unary("abs", x.args[0])
        rest = unary("softplus", neg(mul(_TWO, size)))
        return sub(add(size, rest), unary("log", _TWO))
    if x.op == "pow":
        inner = _log(x.args[0])
        return None if inner is None else mul(x.args[1], inner)
    if x.op in ("mul", "div"):
        logs = [_log(a) for a in x.args]
        if logs == [None, None] or (x.op == "mul" and None in logs):
            return None
        one, other = (log or unary("log", a) for log, a in zip(logs, x.args, strict=True))
        return add(one, other) if x.op == "mul" else sub(one, other)
    return None


def _of_sigmoid(x: Expr) -> Expr | None:
    """The z of a sigmoid(z), also where it is written 1 - sigmoid(-z)."""
    if x.op == "sigmoid":
        return x.args[0]
    if x.op == "sub" and _is_one(x.args[0]) and x.args[1].op == "sigmoid":
        return _minus(x.args[1].args[0])
    return None


def _minus(z: Expr) -> Expr:
    return z.args[0] if z.op == "neg" else neg(z)


# -- quotients -------------------------------------------------------------------------------


def _quotient(e: Expr) -> Expr | None:
    """A fraction over cosh u, exp(v), or a power of 1 + exp(v)."""
    above, below = e.args
    if below.op == "cosh":
        return _over_cosh(above, below)
    if below.op == "exp" and above.op in ("add", "sub") and below in above.args:
        rest = unary("exp", _minus(below.args[0]))
        return elementwise(above.op, *(ONE if a is below else mul(a, rest) for a in above.args))
    times = 1
    if below.op == "pow" and _bare(below.args[1]).op == "number":
        below, times = below.args[0], _bare(below.args[1]).attr
    v = _exponent(below)
    if v is None or times not in (1, 2, 3, 4):
        return None
    return _Shares(v, below).over(above, int(times))


def _over_cosh(above: Expr, below: Expr) -> Expr | None:
    if above.op == "sinh" and above.args == below.args:
        return unary("tanh", below.args[0])
    if above.op == "mul":
        for one, other in (above.args, above.args[::-1]):
            found = _over_cosh(one, below)
            if found is not None:
                return mul(found, other)
    return None


def _exponent(e: Expr) -> Expr | None:
    """The v of 1 + exp(v)."""
    if e.op == "add":
        for one, other in (e.args, e.args[::-1]):
            if _is_one(one) and other.op == "exp":
                return other.args[0]
    return None


class _Shares:
    """Terms divided by powers of 1 + exp(v), as products of the shares 1 / (1 + exp(v)) and
    exp(v) / (1 + exp(v))."""

    def __init__(self, v: Expr, whole: Expr) -> None:
        self.whole = whole  # 1 + exp(v)
        self.power = unary("exp", v)
        self.of_one = unary("sigmoid", _minus(v))
        self.of_power = unary("sigmoid", v)

    def over(self, e: Expr, times: int) -> Expr | None:
        """`e / (1 + exp(v))^times`; None where exp(v) would be left over."""
        if times < 0:
            return None
        if e is self.whole:
            return self._shared(None, times - 1)
        if e is self.power:
            return self._shared(self.of_power, times - 1)
        if e.op == "neg":
            inner = self.over(e.args[0], times)
            return None if inner is None else neg(inner)
        if e.op in ("add", "sub"):
            one, other = (self.over(a, times) for a in e.args)
            if one is None or other is None:
                return None
            return elementwise(e.op, one, other)
        if e.op == "mul" and self._holds(e):
            one, other = e.args
            if self._holds(one) and self._holds(other):
                return None
            inside, beside = (one, other) if self._holds(one) else (other, one)
            inner = self.over(inside, times)
            return None if inner is None else mul(beside, inner)
        return None if self._holds(e) else self._shared(e, times)

    def _shared(self, e: Expr | None, times: int) -> Expr | None:
        if times < 0:
            return None
        for _ in range(times):
            e = self.of_one if e is None else mul(e, self.of_one)
        return e if e is not None else broadcast(ONE, self.whole.shape)

    def _holds(self, e: Expr) -> bool:
        return any(part is self.power for part in _terms_of(e))


def _terms_of(e: Expr) -> Iterator[Expr]:
    """The parts of a sum of products, the sum itself included."""
    waiting, seen = [e], set[Expr]()
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        yield part
        if part.op in ("add", "sub", "mul", "neg", "div", "pow"):
            waiting += part.args


# -- products --------------------------------------------------------------------------------


def _product(e: Expr) -> Expr | None:
    for one, other in (e.args, e.args[::-1]):
        guarded = _guarded(other, one, _DEEP) if _is_target(one) else None
        if guarded is not None:
            return mul(one, guarded)
        factors = other.args if other.op == "mul" else (other,)
        for factor in factors:
            if factor.op not in _POSITIVE and _of_sigmoid(factor) is None:
                continue
            product = _through(one, factor, _DEEP)
            if product is not None:
                rest = [f for f in factors if f is not factor]
                return mul(product, rest[0]) if rest else product
    return None


def _through(e: Expr, p: Expr, deep: int) -> Expr | None:
    """`e * p` where `e` has terms divided by p, which cancels there; None where it has none."""
    if not deep or e.op not in ("div", "neg", "mul", "add", "sub"):
        return None
    if e.op == "neg":
        inner = _through(e.args[0], p, deep - 1)
        return None if inner is None else neg(inner)
    one, other = e.args
    if e.op == "div":
        if _alike(other, p):
            return one
        inner = _through(one, p, deep - 1)
        return None if inner is None else div(inner, other)
    first, second = _through(one, p, deep - 1), _through(other, p, deep - 1)
    if first is None and second is None:
        return None
    if e.op == "mul":
        return mul(first, other) if first is not None else mul(one, second or other)
    return elementwise(e.op, first or mul(one, p), second or mul(other, p))


def _alike(a: Expr, b: Expr) -> bool:
    """Whether these are the same, a sigmoid in either of its forms included."""
    return a is b or (_of_sigmoid(a) is not None and _of_sigmoid(a) is _of_sigmoid(b))


def _guarded(e: Expr, y: Expr, deep: int) -> Expr | None:
    """`e`, to be multiplied by y, where it has log y in it: a y of 0 replaced, as 0 log 0 counts
    as 0. None where it has not."""
    if not deep or e.op not in ("log", "log1p", "neg", "mul", "add", "sub"):
        return None
    if e.op == "log":
        x = e.args[0]
        if x is y:
            return unary("log", _where_not_zero(y, y, ONE))
        if x.op == "div" and x.args[0] is y:
            return unary("log", div(_where_not_zero(y, y, ONE), x.args[1]))
        return None
    if e.op == "log1p":
        inner = e.args[0]
        is_y = inner.op == "neg" and y.op == "sub" and y.args[1] is inner.args[0]
        return unary("log1p", _where_not_zero(y, inner, ZERO)) if is_y else None
    parts = [_guarded(a, y, deep - 1) for a in e.args]
    if not any(parts):
        return None
    return elementwise(e.op, *(p or a for p, a in zip(parts, e.args, strict=True)))


def _where_not_zero(y: Expr, value: Expr, otherwise: Expr) -> Expr:
    return elementwise("where", unary("abs", y), ZERO, value, otherwise)


def _is_target(e: Expr) -> bool:
    """Whether this is plain data, or 1 - data: y and 1 - y."""
    if e.op == "sub" and _is_one(e.args[0]):
        e = e.args[1]
    return e.op == "name"


def _is_one(e: Expr) -> bool:
    return _bare(e) is ONE


def _bare(e: Expr) -> Expr:
    return e.args[0] if e.op == "broadcast" else e
