"""An error in a law or in a step is found: whatever is changed, the proof fails.

Each mutation is looked at first: one that does not change the value would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from backproof.calculus import local, reverse, simplify
from backproof.calculus.derive import derive
from backproof.calculus.prove import DOMAINS, ProofFailed, Prover
from backproof.calculus.step import Derivation, Step
from backproof.expr.build import (
    ONE,
    ZERO,
    add,
    broadcast,
    div,
    entry,
    identity,
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
from backproof.expr.evaluate import Evaluator
from backproof.expr.model import Model
from backproof.expr.node import Expr, rebuild, walk
from backproof.expr.ops import OPS, make
from backproof.expr.scalars import DomainError
from backproof.laws import algebra
from backproof.laws.derivatives import book
from backproof.laws.pullbacks import PULLBACKS, Pullback
from backproof.laws.rule import BOOKS, Law, c, fill, make_like, p, q, u, v, x

from .formulas import a, b
from .models import TWO, layered, model, of_matrix, scalars, two_layer

# Mutations of an expression ------------------------------------------------------------------


def changed(root: Expr, change: Callable[[Expr, tuple[Expr, ...]], Expr | None]) -> Expr:
    """`root` with some of its nodes made differently; definitions of named quantities stay."""

    def made(old: Expr, args: tuple[Expr, ...]) -> Expr:
        new = change(old, args)
        return new if new is not None else make_like(old, args) if args else old

    stop = lambda e: e.op in ("let", "name", "size", "gradient", "path")  # noqa: E731
    memo = {e: change(e, ()) or e for e in walk([root], stop) if e.op == "size"}
    return rebuild(root, made, memo, stop)


def minus(root: Expr) -> Expr:
    return neg(root)


def twice(root: Expr) -> Expr:
    return mul(TWO, root)


def transposes_dropped(root: Expr) -> Expr:
    return changed(root, lambda e, args: args[0] if e.op == "transpose" else None)


def factors_swapped(root: Expr) -> Expr:
    return changed(root, lambda e, args: matmul(args[1], args[0]) if e.op == "matmul" else None)


def sums_dropped(root: Expr) -> Expr:
    """The first column instead of the sum over the samples."""

    def first(e: Expr, args: tuple[Expr, ...]) -> Expr | None:
        return make("block", args, ("columns", (), 1)) if e.op == "sum" else None

    return changed(root, first)


def one_sample_more(root: Expr) -> Expr:
    """1/(m+1) for 1/m."""
    return changed(root, lambda e, args: add(e, ONE) if e.op == "size" else None)


def value(prover: Prover, e: Expr) -> Any:
    return prover.points[0][0].matrix(e)


def place_of(prover: Prover, step: Step) -> Evaluator:
    """A point at which both sides of a step have a value."""
    for point, domain in prover.points:
        for one in (domain, *DOMAINS):
            at = prover._frozen(point, step.frozen, one) if step.frozen else point
            try:
                prover.sides(step, at)
            except DomainError:
                continue
            return at
    raise AssertionError(step.law)


def largest(value: Any) -> float:
    return float(max(abs(x) for row in value for x in row))


def differ(one: Any, other: Any, relative: float = 1e-9) -> bool:
    """Whether two values are apart by more than a little."""
    apart = max(
        float(abs(x - y))
        for r, s in zip(one, other, strict=True)
        for x, y in zip(r, s, strict=True)
    )
    return apart > relative * max(largest(one), largest(other))


@pytest.fixture(scope="module")
def square() -> tuple[Derivation, Prover]:
    derivation = derive(two_layer(square=True))
    return derivation, Prover(derivation.model)


# Wrong gradients and wrong steps ---------------------------------------------------------------


def test_the_derivation_that_is_changed_below_is_proven() -> None:
    certificate = derive(two_layer()).certificate
    assert certificate.proven > 60
    assert certificate.undecided == certificate.unchecked == 0
    assert set(certificate.gradients) == {"W1", "b1", "W2", "b2"}
    assert certificate.error < 1e-40


MUTATIONS = [minus, twice, transposes_dropped, factors_swapped, sums_dropped, one_sample_more]


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_a_wrong_gradient_disagrees_with_forward_mode(
    square: tuple[Derivation, Prover], mutate: Callable[[Expr], Expr]
) -> None:
    derivation, prover = square
    tried = 0
    for plain, gradient in derivation.gradients.items():
        quantity = derivation.model[plain]
        prover.check_gradients(derivation.loss, {quantity: gradient})
        wrong = mutate(gradient)
        if wrong is gradient:
            continue
        assert differ(value(prover, gradient), value(prover, wrong))
        with pytest.raises(ProofFailed):
            prover.check_gradients(derivation.loss, {quantity: wrong})
        tried += 1
    assert tried or mutate is one_sample_more


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_a_wrong_step_of_matrices_fails(
    square: tuple[Derivation, Prover], mutate: Callable[[Expr], Expr]
) -> None:
    derivation, prover = square
    tried = 0
    for stage in derivation.stages:
        for step in stage.steps:
            wrong = mutate(step.after)
            if wrong is step.after or not differ(value(prover, step.after), value(prover, wrong)):
                continue
            with pytest.raises(ProofFailed):
                prover.prove(replace(step, after=wrong))
            tried += 1
    assert tried > 1


def test_a_thousand_and_one_samples_are_not_a_thousand() -> None:
    given = two_layer()
    derivation = derive(given)
    prover = Prover(given, sizes={"n0": 2, "n1": 2, "m": 1000}, points=1)
    tried = 0
    for stage in derivation.stages:
        for step in stage.steps:
            wrong = one_sample_more(step.after)
            if wrong is step.after or step.before.op in ("gradient", "path"):
                continue
            prover.prove(step)
            assert differ(value(prover, step.after), value(prover, wrong))
            assert not differ(value(prover, step.after), value(prover, wrong), 1.1e-3)
            with pytest.raises(ProofFailed):
                prover.prove(replace(step, after=wrong))
            tried += 1
    for plain in ("z2", "a1"):
        stage = derivation.stage(plain)
        prover.check_gradients(derivation.loss, {stage.quantity: stage.result})
        with pytest.raises(ProofFailed):
            prover.check_gradients(
                derivation.loss, {stage.quantity: mul(stage.result, number("1000/1001"))}
            )
        tried += 1
    assert tried > 2


def everything(derivation: Derivation) -> Iterator[Step]:
    for step in derivation.steps:
        yield step
        yield from step.why


def test_for_every_law_that_is_used_a_wrong_result_fails() -> None:
    derivation = derive(two_layer())
    prover = Prover(derivation.model)
    tried: dict[str, int] = {}
    for step in everything(derivation):
        name_of_law = step.law.name
        tried.setdefault(name_of_law, 0)
        if tried[name_of_law] > 4:
            continue
        prover.prove(step)
        at = place_of(prover, step)
        for wrong in (
            neg(step.after),
            add(step.after, ONE),
            mul(number("1.0000000001"), step.after),
        ):
            mutated = replace(step, before=step.after, after=wrong)
            if not differ(*prover.sides(mutated, at), 1e-12):
                continue
            with pytest.raises(ProofFailed):
                prover.prove(replace(step, after=wrong))
            tried[name_of_law] += 1
    assert len(tried) > 20
    assert [law for law, times in tried.items() if not times] == []


def test_a_wrong_first_line_fails_by_induction_too() -> None:
    from backproof.calculus.prepare import prepare

    given = two_layer()
    prepared = prepare(given, list(given.parameters))
    walk_back = reverse.Reverse(given, prepared, list(given.parameters), thorough=True)
    walk_back.run()
    prover = Prover(given)
    tried = 0
    for stage in walk_back.stages:
        step = stage.steps[0]
        if step.before.op != "gradient" or not walk_back.uses[stage.quantity]:
            continue
        uses = walk_back.uses[stage.quantity]
        assert prover.prove_link(step, stage.quantity, uses).proof.status == "proven"
        with pytest.raises(ProofFailed):
            prover.prove_link(replace(step, after=twice(step.after)), stage.quantity, uses)
        with pytest.raises(ProofFailed):
            prover.prove_link(
                step, stage.quantity, [replace(uses[0], gradient=twice(uses[0].gradient))]
            )
        tried += 1
    assert tried >= 5


# Wrong laws ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What was tidied with a wrong law must not be remembered."""
    simplify._tidied.clear()
    yield
    simplify._tidied.clear()


def broken(monkeypatch: pytest.MonkeyPatch, law: Law, *forms: tuple[Expr, Expr]) -> None:
    """Put another law in the place of one."""
    monkeypatch.setitem(BOOKS[law.book], law.name, replace(law, forms=forms))
    assert law not in book()


MEANING = {
    x: a,
    u: add(mul(a, a), number("0.6")),
    v: add(TWO, unary("sin", a)),
    c: b,
    p: unary("cos", a),
    q: b,
}
BELOW_ZERO = {**MEANING, u: neg(add(mul(a, a), number("0.3"))), x: a}


def uses(law: Law, left: Expr) -> Model:
    """A model in whose derivation a law is used: its formula times something else."""
    meaning = BELOW_ZERO if "log1mexp" in law.name else MEANING
    inner = fill(left.args[0], meaning)
    if "log1mexp" in law.name and "inner" not in law.name:
        # log(1 - exp(a)) has a value for negative numbers only
        return scalars(mul(unary("log1mexp", neg(mul(a, a))), unary("cos", a)))
    return scalars(mul(inner, unary("cos", add(a, ONE))))


FORMS = [
    pytest.param(law, left, right, id=f"{law.name} {i}")
    for law in book()
    for i, (left, right) in enumerate(law.forms)
]


@pytest.mark.parametrize(("law", "left", "right"), FORMS)
def test_a_wrong_law_of_derivatives_fails(
    monkeypatch: pytest.MonkeyPatch, law: Law, left: Expr, right: Expr
) -> None:
    given = uses(law, left)
    used = {step.law.name for step in derive(given, "a").steps}
    if law.name not in used:
        assert "log1mexp" in law.name or law.name == "derivative of log1mexp", (
            f"{law.name} was not used"
        )
        return
    wrongs = [add(right, ONE)]
    if right is not ZERO and not law.name.startswith(("derivative of sign", "derivative of step")):
        wrongs.append(mul(TWO, right))  # twice nothing would be no mistake
    for wrong in wrongs:
        simplify._tidied.clear()
        broken(monkeypatch, law, *((m, wrong if m is left else r) for m, r in law.forms))
        with pytest.raises(ProofFailed):
            derive(given, "a")


@pytest.mark.parametrize("mistake", [lambda e: add(e, ONE), neg])
def test_a_sum_that_comes_apart_wrongly_fails(
    monkeypatch: pytest.MonkeyPatch, mistake: Callable[[Expr], Expr]
) -> None:
    apart = local._apart
    given = scalars(mul(add(power(a, TWO), unary("exp", a)), unary("cos", a)))
    derive(given, "a")
    monkeypatch.setattr(local, "_apart", lambda of, by: mistake(apart(of, by)))
    with pytest.raises(ProofFailed):
        derive(given, "a")


TYPICAL: list[tuple[str, str, Callable[[Expr], Expr]]] = [
    ("tanh", "1 - tanh", lambda e: sub(ONE, unary("tanh", e))),
    ("sigmoid", "without 1 - sigmoid", lambda e: unary("sigmoid", e)),
    ("sigmoid", "1 + sigmoid", lambda e: mul(unary("sigmoid", e), add(ONE, unary("sigmoid", e)))),
    ("relu", "1", lambda e: ONE),
    ("log", "x", lambda e: e),
    ("exp", "x exp(x)", lambda e: mul(e, unary("exp", e))),
    ("sqrt", "1/sqrt", lambda e: div(ONE, unary("sqrt", e))),
    ("cos", "sin", lambda e: unary("sin", e)),
    ("softplus", "tanh", lambda e: unary("tanh", e)),
    ("abs", "1", lambda e: ONE),
]


@pytest.mark.parametrize(
    ("op", "what", "rate"), TYPICAL, ids=lambda t: t if isinstance(t, str) else ""
)
def test_a_typical_mistake_in_an_activation_fails(
    monkeypatch: pytest.MonkeyPatch, op: str, what: str, rate: Callable[[Expr], Expr]
) -> None:
    z = matmul(name("W", ("n", "k")), name("X", ("k", "m")))
    inside = add(ONE, mul(z, z)) if op in ("log", "sqrt") else z
    given = model(total(unary(op, inside)), {"X": "input"})
    derive(given)
    for law in list(BOOKS["derivatives"].values()):
        if law.name == f"derivative of {op}":
            broken(monkeypatch, law, (law.forms[0][0], rate(x)))
        elif law.name == f"derivative of {op}, inner function":
            broken(monkeypatch, law, (law.forms[0][0], mul(rate(u), make("derivative", (u, x)))))
    simplify._tidied.clear()
    with pytest.raises(ProofFailed):
        derive(given)


A, B, S, COLUMN = (
    name("A", ("n", "m")),
    name("B", ("m", "k")),
    name("S", ("n", "n")),
    name("b", ("n", 1)),
)
MATRICES: dict[str, Expr] = {
    "matmul": matmul(A, B),
    "transpose": A.T,
    "broadcast": broadcast(COLUMN, ("n", "m")),
    "trace": make("trace", (matmul(S, S),)),
    "stack": make("stack", (A, S), "columns"),
    "block": make("block", (name("U", ("n+k", "m")),), ("rows", ("n",), "k")),
    **{
        op: make(op, (A,), "rows")
        for op in ("sum", "sqnorm", "norm", "logsumexp", "softmax", "log_softmax", "amax")
    },
}
# Twice nothing is nothing: the mask of the largest entry has no derivative.
NOT_MUTATED = {"argmax_mask"}


def test_every_pullback_is_broken_below() -> None:
    assert {*PULLBACKS, "stack"} - {"sized"} == {*MATRICES, *NOT_MUTATED}


@pytest.mark.parametrize("op", MATRICES)
def test_a_wrong_pullback_fails(monkeypatch: pytest.MonkeyPatch, op: str) -> None:
    given = of_matrix(MATRICES[op])
    derive(given)
    right = reverse.pullbacks

    def wrong(out: Expr) -> tuple[Pullback, ...]:
        return tuple(
            replace(back, pull=lambda g, out, back=back: mul(TWO, back.pull(g, out)))
            if out.op == op
            else back
            for back in right(out)
        )

    monkeypatch.setattr(reverse, "pullbacks", wrong)
    with pytest.raises(ProofFailed):
        derive(given)


def softmax_without_the_sum(g: Expr, out: Expr) -> Expr:
    return mul(out, g)


def softmax_like_a_sigmoid(g: Expr, out: Expr) -> Expr:
    return mul(g, mul(out, sub(ONE, out)))


def norm_without_the_root(g: Expr, out: Expr) -> Expr:
    return mul(broadcast(g, out.args[0].shape), out.args[0])


MISTAKES: list[tuple[str, int, Callable[[Expr, Expr], Expr]]] = [
    ("softmax", 0, softmax_without_the_sum),
    ("softmax", 0, softmax_like_a_sigmoid),
    ("norm", 0, norm_without_the_root),
    ("matmul", 0, lambda g, out: matmul(g, out.args[1])),
    ("matmul", 0, lambda g, out: matmul(out.args[1].T, g)),
    ("matmul", 1, lambda g, out: matmul(out.args[0], g)),
    ("matmul", 1, lambda g, out: matmul(g, out.args[0].T)),
    ("broadcast", 0, lambda g, out: make("block", (g,), ("columns", (), 1))),
    ("broadcast", 0, lambda g, out: div(total(g, "columns"), size("n"))),
    ("transpose", 0, lambda g, out: g),
    ("trace", 0, lambda g, out: broadcast(g, out.args[0].shape)),
    ("sum", 0, lambda g, out: mul(broadcast(g, out.args[0].shape), identity("n"))),
]


@pytest.mark.parametrize(("op", "place", "pull"), MISTAKES)
def test_a_typical_mistake_in_a_matrix_law_fails(
    monkeypatch: pytest.MonkeyPatch, op: str, place: int, pull: Callable[[Expr, Expr], Expr]
) -> None:
    square_one, square_two = name("A", ("n", "n")), name("B", ("n", "n"))
    out = {
        "matmul": matmul(square_one, square_two),
        "broadcast": broadcast(COLUMN, ("n", "n")),
        "transpose": matmul(square_one, square_two).T,
        "trace": make("trace", (square_one,)),
        "softmax": make("softmax", (square_one,), "rows"),
        "norm": make("norm", (square_one,), "rows"),
        "sum": total(square_one),
    }[op]
    given = of_matrix(unary("tanh", out))
    derive(given)
    rules = list(PULLBACKS[op])
    rules[place] = replace(rules[place], pull=pull, reason=None)
    monkeypatch.setitem(PULLBACKS, op, tuple(rules))
    with pytest.raises(ProofFailed):
        derive(given)


@pytest.mark.parametrize("place", [0, 1])
def test_a_wrong_reason_fails_though_the_result_is_right(
    monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    given = two_layer(square=True)
    right = PULLBACKS["matmul"][place]

    def reason(g: Expr, out: Expr) -> list[Expr]:
        assert right.reason is not None
        lines = right.reason(g, out)
        mended = lines[-2]
        flipped = rebuild(
            mended,
            lambda e, args: (
                entry(e.args[0], e.attr[1], e.attr[0])
                if e.op == "entry"
                else make_like(e, args)
                if args
                else e
            ),
            None,
            lambda e: e.op in ("let", "name"),
        )
        return [*lines[:-2], flipped, lines[-1]]

    rules = list(PULLBACKS["matmul"])
    rules[place] = replace(right, reason=reason)
    monkeypatch.setitem(PULLBACKS, "matmul", tuple(rules))
    with pytest.raises(ProofFailed):
        derive(given)


# Wrong algebra ---------------------------------------------------------------------------------


def a_sign_lost(e: Expr) -> Expr | None:
    return e.args[0] if e.op == "neg" else None


def differences_turned(e: Expr) -> Expr | None:
    return sub(e.args[1], e.args[0]) if e.op == "sub" and e.args[0] is ONE else None


@pytest.mark.parametrize("rule", [a_sign_lost, differences_turned])
def test_wrong_signs_fail(
    monkeypatch: pytest.MonkeyPatch, rule: Callable[[Expr], Expr | None]
) -> None:
    given = two_layer()
    monkeypatch.setattr(algebra, "signs", rule)
    with pytest.raises(ProofFailed):
        derive(given)


def test_a_lost_term_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    collect = simplify.collect
    monkeypatch.setattr(simplify, "collect", lambda products: collect(products)[:1])
    with pytest.raises(ProofFailed):
        derive(two_layer())


def test_a_forgotten_layer_fails() -> None:
    # What is right for one layer, said of another: only the values can tell.
    derivation = derive(two_layer(square=True))
    prover = Prover(derivation.model)
    one, two = (derivation.model[k] for k in ("W1", "W2"))
    with pytest.raises(ProofFailed):
        prover.check_gradients(derivation.loss, {one: derivation.gradients["W2"]})
    with pytest.raises(ProofFailed):
        prover.check_gradients(derivation.loss, {two: derivation.gradients["W1"]})


def test_every_elementwise_function_is_among_the_laws_that_are_broken() -> None:
    functions = {op for op, row in OPS.items() if row.kind == "elementwise" and row.arity == 1}
    broken_ones = {law.name.removeprefix("derivative of ") for law in book()}
    assert functions - {"let", "neg"} <= broken_ones
    assert layered("W", 1, ("n", "n")).attr.plain == "W1"
