"""One table per interpretation, and each of them whole: every operation has a row in every table.

An operation that was just added fails here once for each table that still lacks it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import pytest

from backproof import laws
from backproof.expr.build import ONE, Function, div, mul, name, number, size, unary
from backproof.expr.dual import duals
from backproof.expr.node import Expr
from backproof.expr.ops import OPS, make
from backproof.expr.scalars import FLOAT, many_digits
from backproof.expr.shape import SCALAR
from backproof.expr.structural import STRUCTURAL
from backproof.laws.derivatives import book
from backproof.laws.pullbacks import PULLBACKS, pullbacks
from backproof.laws.rule import BOOKS, Law
from backproof.notation.latex import LATEX, latex
from backproof.notation.mathml import MATHML, mathml
from backproof.notation.text import TEXT, text
from backproof.notation.typst import TYPST, typst
from backproof.words import languages, say

# Not differentiated by a law of their own, and why.
NO_LAW = {
    "name": "a variable",
    "number": "does not change",
    "constant": "does not change",
    "size": "does not change",
    "identity": "does not change",
    "kronecker": "does not change",
    "let": "a quantity has a stage of its own",
    "entry": "made by the derivation, worked out in `chain`",
    "index_sum": "made by the derivation, worked out in `chain`",
    "derivative": "made by the derivation; a derivation starts from a formula without it",
    "gradient": "made by the derivation; a derivation starts from a formula without it",
    "path": "made by the derivation; a derivation starts from a formula without it",
}
# Worked out by the evaluator itself: these look after their own arguments.
OWN_WAY = {"call", "entry", "index_sum", "kronecker", "derivative", "gradient", "path"}

A, S, Z = name("A", ("n", "m")), name("S", ("n", "n")), name("z", SCALAR)
SOFT = Function("soft", "s", (Z,), div(Z, mul(ONE, unary("cosh", Z))))
AN_EXAMPLE: dict[str, Expr] = {
    "name": A,
    "number": number("1/2"),
    "constant": Expr("constant", (), "pi"),
    "size": size("m", A),
    "identity": Expr("identity", (), None, ("n", "n")),
    "let": make("let", (A,), A.attr),
    "call": make("call", (A,), SOFT),
    "matmul": make("matmul", (S, A)),
    "trace": make("trace", (S,)),
    "broadcast": make("broadcast", (Z,), ("n", "m")),
    "stack": make("stack", (A, S), "columns"),
    "block": make("block", (A,), ("rows", ("k",), 2)),
    "sized": make("sized", (A, S)),
    "entry": make("entry", (A,), ("i", "s")),
    "index_sum": make("index_sum", (make("entry", (A,), ("i", "s")),), ("s", "m")),
    "kronecker": make("kronecker", (), ("i", "j")),
    "derivative": make("derivative", (Z, Z)),
    "gradient": make("gradient", (Z, A)),
    "path": make("path", (Z, S, A)),
}


def example(op: str) -> Expr:
    """One expression with this operation on top."""
    if op in AN_EXAMPLE:
        return AN_EXAMPLE[op]
    along = "rows" if OPS[op].kind == "structural" and op != "transpose" else None
    return make(op, (A,) * (OPS[op].arity or 1), along)


def has_a_shape(op: str) -> bool:
    return example(op).op == op and callable(OPS[op].shape)


def is_evaluated_in_float64(op: str) -> bool:
    return op in FLOAT.table or op in STRUCTURAL or op in OWN_WAY


def is_evaluated_with_many_digits(op: str) -> bool:
    return op in many_digits(20).table or op in STRUCTURAL or op in OWN_WAY


def has_a_rate(op: str) -> bool:
    return op in duals(FLOAT).table or op in STRUCTURAL or op in OWN_WAY


def has_a_law(op: str) -> bool:
    if op in NO_LAW:
        return True
    if OPS[op].kind == "structural":
        return op in PULLBACKS or bool(pullbacks(example(op)))
    return op == "call" or any(left.args[0].op == op for law in book() for left, _ in law.forms)


def has_latex(op: str) -> bool:
    return op in LATEX and bool(latex(example(op)))


def has_text(op: str) -> bool:
    return op in TEXT and bool(text(example(op)))


def has_typst(op: str) -> bool:
    return op in TYPST and bool(typst(example(op)))


def has_mathml(op: str) -> bool:
    return op in MATHML and bool(mathml(example(op)))


TABLES: list[Callable[[str], bool]] = [
    has_a_shape,
    is_evaluated_in_float64,
    is_evaluated_with_many_digits,
    has_a_rate,
    has_a_law,
    has_latex,
    has_text,
    has_mathml,
    has_typst,
]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.__name__)
@pytest.mark.parametrize("op", OPS)
def test_every_operation_has_a_row_in_every_table(op: str, table: Callable[[str], bool]) -> None:
    assert table(op), f"{op}: not {table.__name__}"


@pytest.mark.parametrize(
    "table", ["LATEX", "TEXT", "MATHML", "TYPST", "STRUCTURAL", "PULLBACKS", "NO_LAW", "OWN_WAY"]
)
def test_no_table_has_a_row_for_something_that_is_no_operation(table: str) -> None:
    assert set(globals()[table]) <= set(OPS)


def test_what_has_no_law_has_none() -> None:
    functions = {left.args[0].op for law in book() for left, _ in law.forms}
    assert not functions & set(NO_LAW) - {"name"}
    assert not set(PULLBACKS) & set(NO_LAW)


for module in iter_modules(laws.__path__, f"{laws.__name__}."):
    import_module(module.name)
ALL_LAWS = [law for entries in BOOKS.values() for law in entries.values()]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("law", ALL_LAWS, ids=lambda law: f"{law.book}: {law.name}")
def test_every_law_has_a_reason_in_every_language(law: Law, language: str) -> None:
    fields = {word: word for word in ("name", "quantity", "index", "upper", "lower", "factor")}
    assert say(f"law.{law.name}", language, **fields).strip()


def test_there_are_two_languages_and_five_books() -> None:
    assert {"en", "ko"} <= set(languages())
    assert {"algebra", "derivatives", "pullbacks", "shapes", "stability"} <= set(BOOKS)
    assert len({law.name for law in ALL_LAWS}) == len(ALL_LAWS), (
        "two books share a name: one reason"
    )
