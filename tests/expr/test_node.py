"""Expressions are interned, immutable, picklable and as deep as they like."""

from __future__ import annotations

import copy
import gc
import pickle
import sys

import pytest

from backproof.expr.build import (
    ONE,
    ZERO,
    Function,
    add,
    let,
    matmul,
    mul,
    name,
    neg,
    number,
    power,
    rename_dims,
    size,
    unary,
)
from backproof.expr.name import Name
from backproof.expr.node import Expr, _interned, rebuild, same, substitute, walk
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate

W, X = name("W", ("n", "n")), name("X", ("n", "m"))
DEPTH = 3000


def chain(depth: int = DEPTH) -> Expr:
    x = X
    for i in range(depth):
        x = let(Name("h", layer=str(i)), unary("tanh", matmul(W, x)))
    return x


def test_built_alike_is_the_same_object() -> None:
    assert matmul(W, X) is matmul(name("W", ("n", "n")), X)
    assert number("0.5") is number("1/2")
    assert number(2) is not number(3)
    assert add(X, X) is not mul(X, X)
    assert name("a", ("n", "m")) is not name("a", ("m", "n"))


def test_one_and_true_are_not_mixed_up_with_a_name() -> None:
    assert name("1", SCALAR) is not ONE


def test_two_spellings_are_equal_names_and_each_note_keeps_its_own() -> None:
    bare = name(Name("a", layer="2", latex="a_2"), SCALAR)
    square = name(Name("a", layer="2", latex="a^{[2]}"), SCALAR)
    assert bare.attr == square.attr
    assert (bare.attr.written, square.attr.written) == ("a_2", "a^{[2]}")


def test_an_expression_cannot_be_changed() -> None:
    e = add(X, X)
    for attribute in ("op", "args", "attr", "shape", "other"):
        with pytest.raises(AttributeError):
            setattr(e, attribute, None)
        with pytest.raises(AttributeError):
            delattr(e, attribute)


def test_what_nobody_holds_is_forgotten() -> None:
    gc.collect()
    before = len(_interned)
    e = chain(50)
    assert len(_interned) >= before + 150
    del e
    gc.collect()
    assert len(_interned) <= before + 1


def test_copies_are_the_original() -> None:
    e = add(X, X)
    assert copy.copy(e) is e
    assert copy.deepcopy([e])[0] is e


def test_pickling_gives_the_same_object_while_it_lives_and_an_equal_one_after() -> None:
    swish = Function(
        "f", "f", (name("z", SCALAR),), mul(name("z", SCALAR), unary("sigmoid", name("z", SCALAR)))
    )
    e = add(make("call", (X,), swish), X)
    data = pickle.dumps(e)
    assert pickle.loads(data) is e
    shown = repr(list(walk([e])))
    del e
    gc.collect()
    assert repr(list(walk([pickle.loads(data)]))) == shown


def test_a_pickle_keeps_the_spelling() -> None:
    data = pickle.dumps(let(Name("a", layer="2", latex="a_2"), X))
    gc.collect()
    assert pickle.loads(data).attr.latex == "a_2"


def test_three_thousand_layers_build_walk_pickle_substitute_evaluate_and_go_away() -> None:
    assert sys.getrecursionlimit() < DEPTH
    e = chain()
    assert sum(1 for _ in walk([e])) == 3 * DEPTH + 2
    assert pickle.loads(pickle.dumps(e)) is e
    assert W in walk([e])
    other = name("V", ("n", "n"))
    swapped = substitute(e, {W: other})
    assert other in walk([swapped])
    assert W not in walk([swapped])
    assert substitute(swapped, {other: W}) is e
    renamed = rename_dims(e, {"n": "h"})
    assert renamed.shape == ("h", "m")
    assert rename_dims(renamed, {"h": "n"}) is e
    values = {"W": [[0.5, 0.75], [-0.25, 1.0]], "X": [[1, 2, 3], [4, 5, 6]]}
    assert len(evaluate(e, values)) == 2
    assert repr(e) == "<Expr let h2999 nxm>"
    del e, swapped, renamed
    gc.collect()


def test_a_shared_part_is_visited_once() -> None:
    x: Expr = name("x", SCALAR)
    for _ in range(200):  # 2^200 leaves if it were a tree
        x = add(x, x)
    assert sum(1 for _ in walk([x])) == 201
    assert evaluate(x, {"x": 1}) == 2.0**200


def test_arguments_come_before_their_users_and_roots_in_order() -> None:
    order = list(walk([matmul(W, X), neg(X)]))
    assert order == [W, X, matmul(W, X), neg(X)]


def test_a_walk_stops_where_it_is_told_and_still_gives_the_place() -> None:
    z = let("z", matmul(W, X))
    assert list(walk([unary("tanh", z)], lambda e: e.op == "let")) == [z, unary("tanh", z)]


def test_rebuild_with_the_same_parts_is_the_same_object() -> None:
    e = chain(5)
    assert rebuild(e, same) is e


def test_substitution_reaches_into_definitions_and_leaves_the_rest() -> None:
    z = let("z", matmul(W, X))
    y = name("Y", ("n", "m"))
    assert substitute(add(z, y), {X: y}) is add(let("z", matmul(W, y)), y)
    assert substitute(add(z, y), {z: y}) is add(y, y)


def test_transposing_twice_gives_the_original_and_a_scalar_is_its_own_transpose() -> None:
    assert X.T.T is X
    assert X.T.shape == ("m", "n")
    assert ZERO.T is ZERO
    assert size("m", X).T is size("m", X)


def test_the_number_of_arguments_is_checked() -> None:
    for op in OPS.values():
        if op.arity:
            with pytest.raises(TypeError, match=op.name):
                make(op.name, (X,) * (op.arity + 1))


@pytest.mark.parametrize(
    ("given", "plain", "written"),
    [
        (Name("W", layer="1"), "W1", "W^{(1)}"),
        (Name("W", sub="xh"), "W_xh", "W_{xh}"),
        (Name("y", marks=("hat",)), "y_hat", r"\hat{y}"),
        (Name("h", sub="t-1"), "h_tm1", "h_{t-1}"),
        (Name("W", layer="l+1"), "Wlp1", "W^{(l+1)}"),
        (Name("delta", layer="2"), "delta2", r"\delta^{(2)}"),
        (Name("Sigma"), "Sigma", r"\Sigma"),
        (Name("loss"), "loss", r"\text{loss}"),
        (Name("z", primes=2), "z_prime_prime", "z''"),
        (Name("x", marks=("bar", "dot"), layer="3", sub="i,j", primes=1), "x3_bar_dot_ij_prime",
         r"\dot{\bar{x}}'_{i,j}^{(3)}"),
        (Name("a", layer="2", latex=r"\mathbf a_2"), "a2", r"\mathbf a_2"),
    ],
)  # fmt: skip
def test_a_name_for_python_and_one_for_the_page(given: Name, plain: str, written: str) -> None:
    assert given.plain == plain
    assert given.plain.isidentifier()
    assert given.written == written


def test_power_of_a_name_is_no_name() -> None:
    assert not power(X, number(2)).attr
