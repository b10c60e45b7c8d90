"""Shapes are worked out, broadcasts are written down, and what does not fit is said with its
shapes."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.errors import ShapeError
from backproof.expr.build import (
    ONE,
    ZERO,
    Function,
    add,
    broadcast,
    common_shape,
    derivative,
    div,
    elementwise,
    entry,
    gradient,
    identity,
    index_sum,
    let,
    matmul,
    mul,
    name,
    number,
    open_call,
    path,
    rename_dims,
    size,
    sized,
    sub,
    total,
    unary,
)
from backproof.expr.node import Expr
from backproof.expr.ops import OPS, is_elementwise, make
from backproof.expr.shape import (
    SCALAR,
    add_dims,
    dim_letters,
    dim_value,
    is_scalar,
    rename_dim,
    show_shape,
    transposed,
)

A, B, S = name("A", ("n", "m")), name("B", ("m", "k")), name("S", ("n", "n"))
COLUMN, ROW, BETA = name("b", ("n", 1)), name("r", (1, "m")), name("beta", SCALAR)
Z = name("z", SCALAR)
SOFT = Function("soft", "s", (Z,), div(Z, add(ONE, unary("abs", Z))))

SHAPES: dict[str, tuple[Expr, tuple[Any, Any]]] = {
    "name": (A, ("n", "m")),
    "number": (number("0.1"), SCALAR),
    "constant": (Expr("constant", (), "pi"), SCALAR),
    "size": (size("m", A), SCALAR),
    "identity": (identity("n"), ("n", "n")),
    "let": (let("z", A), ("n", "m")),
    "where": (elementwise("where", A, ZERO, COLUMN, ROW), ("n", "m")),
    "call": (make("call", (A,), SOFT), ("n", "m")),
    "matmul": (matmul(A, B), ("n", "k")),
    "transpose": (A.T, ("m", "n")),
    "broadcast": (broadcast(ROW, ("n", "m")), ("n", "m")),
    "trace": (make("trace", (S,)), SCALAR),
    "stack": (make("stack", (A, S, broadcast(ONE, ("n", 1))), "columns"), ("n", "m+n+1")),
    "block": (make("block", (A,), ("columns", ("k",), 2)), ("n", 2)),
    "sized": (make("sized", (broadcast(ONE, ("n", 1)), A)), ("n", 1)),
    "entry": (entry(A, "i", "s"), SCALAR),
    "index_sum": (index_sum(entry(A, "i", "s"), "s", "m"), SCALAR),
    "kronecker": (make("kronecker", (), ("i", "j")), SCALAR),
    "derivative": (derivative(entry(A, "i", "s"), entry(A, "i", "s")), SCALAR),
    "gradient": (gradient(total(A), A), ("n", "m")),
    "path": (path(total(A), let("z", A), A), ("n", "m")),
    **{
        op: (make(op, (A,), "rows"), (1, "m"))
        for op in ("sum", "sqnorm", "norm", "logsumexp", "amax")
    },
    **{
        op: (make(op, (A,), "rows"), ("n", "m")) for op in ("softmax", "log_softmax", "argmax_mask")
    },
}


@pytest.mark.parametrize("op", OPS)
def test_every_operation_has_a_shape(op: str) -> None:
    if op in SHAPES:
        e, shape = SHAPES[op]
        assert (e.op, e.shape) == (op, shape)
        return
    assert OPS[op].kind == "elementwise"
    for shape in (SCALAR, ("n", 1), (1, "m"), ("n", "m")):
        e = make(op, (name("x", shape),) * (OPS[op].arity or 1))
        assert e.shape == shape
        assert is_elementwise(e)


@pytest.mark.parametrize("op", ["sum", "sqnorm", "norm", "logsumexp", "amax"])
def test_an_axis_is_used_up(op: str) -> None:
    assert make(op, (A,), "rows").shape == (1, "m")
    assert make(op, (A,), "columns").shape == ("n", 1)
    assert make(op, (A,), "all").shape == SCALAR


@pytest.mark.parametrize(
    ("shapes", "common"),
    [
        ([("n", "m")], ("n", "m")),
        ([("n", 1), (1, "m")], ("n", "m")),
        ([SCALAR, SCALAR], SCALAR),
        ([("n", "m"), SCALAR, ("n", 1)], ("n", "m")),
        ([(3, "m"), (3, 1)], (3, "m")),
        ([(1, 5), ("n+1", 1)], ("n+1", 5)),
    ],
)
def test_shapes_meet(shapes: list[Any], common: Any) -> None:
    assert common_shape(*shapes) == common


@pytest.mark.parametrize(
    "shapes", [[("n", "m"), ("m", "n")], [("n", 1), ("k", 1)], [(2, 1), (3, 1)]]
)
def test_shapes_that_do_not_meet_are_shown(shapes: list[Any]) -> None:
    with pytest.raises(ShapeError) as error:
        common_shape(*shapes)
    for shape in shapes:
        assert show_shape(shape) in str(error.value)


def test_what_is_repeated_is_a_node_and_what_need_not_be_is_not() -> None:
    z = add(A, COLUMN)
    assert z.args[0] is A
    assert (z.args[1].op, z.args[1].args, z.args[1].attr) == ("broadcast", (COLUMN,), ("n", "m"))
    assert broadcast(A, A.shape) is A
    assert broadcast(broadcast(BETA, ("n", 1)), ("n", "m")) is broadcast(BETA, ("n", "m"))
    assert mul(ROW, COLUMN).shape == ("n", "m")


@pytest.mark.parametrize(
    "build",
    [
        lambda: matmul(A, A),
        lambda: matmul(A, COLUMN),
        lambda: add(A, A.T),
        lambda: make("add", (A, COLUMN)),
        lambda: make("trace", (A,)),
        lambda: broadcast(A, ("n", "k")),
        lambda: broadcast(COLUMN, (1, "m")),
        lambda: make("stack", (A, B), "rows"),
        lambda: make("stack", (A, B), "columns"),
        lambda: make("name", ()),
    ],
)
def test_what_does_not_fit_is_an_error_of_shapes(build: Any) -> None:
    with pytest.raises(ShapeError):
        build()


def test_a_product_that_does_not_fit_shows_both_shapes() -> None:
    with pytest.raises(ShapeError, match="n × m times n × m: the inner dimensions m and n differ"):
        matmul(A, A)


def test_sums_over_one_entry_are_left_out() -> None:
    assert total(COLUMN, "columns") is COLUMN
    assert total(ROW, "rows") is ROW
    assert total(BETA) is BETA
    assert total(COLUMN) is total(COLUMN, "rows")
    assert total(ROW) is total(ROW, "columns")
    assert total(A).attr == "all"
    assert index_sum(ONE, "i", 1) is ONE


def test_the_entry_of_a_vector_has_one_index() -> None:
    assert entry(COLUMN, "j", "s").attr == ("j", 1)
    assert entry(ROW, "j", "s").attr == (1, "s")
    assert entry(BETA, "j", "s").attr == (1, 1)


def test_a_dimension_of_one_is_a_number_and_no_letter() -> None:
    assert size(4) is number(4)
    assert identity(1) is ONE
    assert size("m", A).args == (A,)


def test_dimensions_add_up_and_come_apart() -> None:
    assert add_dims((2, 3)) == 5
    assert add_dims(("n", "m")) == "n+m"
    assert add_dims((2, "n", 1)) == "n+3"
    assert add_dims(("n+1", "k", 2)) == "n+k+3"
    assert dim_letters("n+k+3") == ("n", "k")
    assert dim_letters(3) == ()
    assert dim_value("n+k+3", {"n": 2, "k": 4}) == 9
    assert dim_value(7, {}) == 7
    with pytest.raises(KeyError):
        dim_value("n+q", {"n": 2})
    assert rename_dim("n+k+3", {"n": "h", "k": 2}) == "h+5"
    assert rename_dim("n", {}) == "n"
    assert rename_dim(3, {"n": 4}) == 3


def test_small_questions_about_shapes() -> None:
    assert is_scalar(SCALAR)
    assert not is_scalar(("n", 1))
    assert transposed(("n", 1)) == (1, "n")
    assert show_shape(("n0+n1", 3)) == "n0+n1 × 3"


RENAMED: list[tuple[Expr, Expr]] = [
    (matmul(A, B), matmul(name("A", ("h", 4)), name("B", (4, "k")))),
    (add(A, COLUMN), add(name("A", ("h", 4)), name("b", ("h", 1)))),
    (div(total(A), size("m", A)), div(total(name("A", ("h", 4))), number(4))),
    (total(A.T, "rows"), total(name("A", ("h", 4)).T, "rows")),
    (identity("n"), identity("h")),
    (
        make("stack", (A, S), "columns"),
        make("stack", (name("A", ("h", 4)), name("S", ("h", "h"))), "columns"),
    ),
    (
        make("block", (A.T,), ("rows", ("n",), "m")),
        make("block", (name("A", ("h", 4)).T,), ("rows", ("h",), 4)),
    ),
    (gradient(total(A), A), gradient(total(name("A", ("h", 4))), name("A", ("h", 4)))),
    (
        path(total(A), let("z", A), A),
        path(total(name("A", ("h", 4))), let("z", name("A", ("h", 4))), name("A", ("h", 4))),
    ),
    (
        index_sum(entry(A, "i", "s"), "s", "m"),
        index_sum(entry(name("A", ("h", 4)), "i", "s"), "s", 4),
    ),
    (
        make("sized", (broadcast(ONE, ("n", 1)), S)),
        make("sized", (broadcast(ONE, ("h", 1)), name("S", ("h", "h")))),
    ),
    (make("call", (A,), SOFT), make("call", (name("A", ("h", 4)),), SOFT)),
    (
        elementwise("where", A, ZERO, A, COLUMN),
        elementwise("where", name("A", ("h", 4)), ZERO, name("A", ("h", 4)), name("b", ("h", 1))),
    ),
]


@pytest.mark.parametrize(("before", "after"), RENAMED)
def test_the_letters_of_dimensions_can_be_replaced(before: Expr, after: Expr) -> None:
    assert rename_dims(before, {"n": "h", "m": 4}) is after


def test_a_dimension_that_turns_out_to_be_one_takes_its_broadcast_and_sum_with_it() -> None:
    one = {"m": 1}
    assert rename_dims(add(A, COLUMN), one) is add(name("A", ("n", 1)), COLUMN)
    assert rename_dims(total(A, "columns"), one) is name("A", ("n", 1))
    assert rename_dims(ROW.T, one) is name("r", SCALAR)
    assert rename_dims(div(total(ROW), size("m", ROW)), one) is div(name("r", SCALAR), ONE)


def test_letters_that_make_shapes_contradict_are_noticed() -> None:
    with pytest.raises(ShapeError):
        rename_dims(add(A, name("C", ("n", "m"))), {"n": 3}, {A: name("A", (2, "m"))})


def test_a_function_with_a_definition_opens_to_its_body_entry_by_entry() -> None:
    opened = open_call(make("call", (A,), SOFT))
    one = broadcast(ONE, A.shape)
    assert opened is make("div", (A, make("add", (one, unary("abs", A)))))
    assert open_call(A) is A


def test_a_body_without_its_parameter_is_repeated() -> None:
    flat = Function("flat", "f", (Z, BETA), sub(BETA, ONE))
    opened = open_call(make("call", (A, broadcast(BETA, A.shape)), flat))
    assert opened is sub(broadcast(BETA, A.shape), ONE)
    assert open_call(make("call", (A,), Function("one", "f", (Z,), ONE))) is broadcast(ONE, A.shape)


def test_a_function_says_what_it_depends_on() -> None:
    with pytest.raises(ValueError, match="beta"):
        Function("hidden", "f", (Z,), mul(Z, BETA))


def test_a_name_stands_by_for_every_letter_that_is_not_told() -> None:
    ones, other = broadcast(ONE, ("n", "k")), add(A, BETA)
    found = sized({"ones": ones, "other": other, "count": size("m")}, [BETA, A, B])
    assert found["ones"] is make("sized", (ones, A, B))
    assert found["other"] is other
    assert found["count"] is make("sized", (size("m"), A))
    both = name("U", ("k", "n+m"))  # n+m tells neither n nor m
    assert sized({"x": ones}, [both, A])["x"] is make("sized", (ones, both, A))
    assert sized({"x": add(broadcast(ONE, both.shape), both)}, [both, A])["x"].args[1:] == (A,)
