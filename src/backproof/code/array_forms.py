"""How an array language writes the operations that mix entries, and the elementwise ones that all
of them write alike."""

from __future__ import annotations

from ..errors import RefusedError
from ..expr.node import Expr
from ..expr.shape import SCALAR
from .arrays import (
    ATOM,
    COMPARISON,
    PRODUCT,
    SUM,
    UNARY,
    Box,
    Form,
    Lines,
    joined,
    negative,
    powered,
)


def common(library: str) -> dict[str, Form]:
    """The forms that need no more than the library's name."""
    plain = "exp log sqrt abs sign sin cos tan sinh cosh tanh log1p expm1".split()
    forms: dict[str, Form] = {op: f"{library}.{op}({{0}})" for op in plain}
    helpers = "sigmoid softplus log1mexp".split()
    forms |= {op: f"{op}({{0}})" for op in helpers}
    forms |= dict.fromkeys(("softmax", "log_softmax", "logsumexp"), _per_line)
    forms |= {
        "neg": _neg,
        "relu": f"{library}.maximum({{0}}, 0)",
        "max": f"{library}.maximum({{0}}, {{1}})",
        "min": f"{library}.minimum({{0}}, {{1}})",
        "step": _step,
        "where": _where,
        "matmul": _matmul,
        "transpose": lambda lines, e, args: Box(f"{args[0].at(ATOM)}.T", ATOM, e.shape),
        "sum": lambda lines, e, args: reduced(lines, e, "sum", args[0].text),
        "sqnorm": lambda lines, e, args: reduced(lines, e, "sum", powered(args[0], "2")),
        "norm": _norm,
        "amax": lambda lines, e, args: reduced(lines, e, "max", args[0].text),
        "argmax_mask": _argmax_mask,
        "trace": lambda lines, e, args: Box(
            f"{library}.trace({lines.matrix(args[0])})", ATOM, SCALAR
        ),
        "stack": _stack,
        "block": _block,
        "entry": _entry,
    }
    return forms


def reduced(lines: Lines, e: Expr, function: str, text: str) -> Box:
    """A sum or another reduction along an axis; of everything where one number comes out."""
    made = f"{lines.dialect.library}.{function}"
    if e.shape == SCALAR:
        return Box(f"{made}({text})", ATOM, SCALAR)
    return Box(f"{made}({text}, {lines.along(e.attr)})", ATOM, e.shape)


def _neg(lines: Lines, e: Expr, args: list[Box]) -> Box:
    return negative(args[0], args[0].shape)


def _step(lines: Lines, e: Expr, args: list[Box]) -> Box:
    return Box(f"{args[0].at(SUM)} > 0", COMPARISON, args[0].shape, boolean=True)


def _where(lines: Lines, e: Expr, args: list[Box]) -> Box:
    a, b, yes, no = args
    library = lines.dialect.library
    text = f"{library}.where({a.text} > {b.text}, {yes.text}, {no.text})"
    # Two plain numbers would come out with a precision of their own.
    if yes.number and no.number and lines.like:
        text = f"{library}.{lines.dialect.make}({text}, dtype={lines.like}.dtype)"
    return Box(text, ATOM, joined([x.shape for x in args]))


def _matmul(lines: Lines, e: Expr, args: list[Box]) -> Box:
    a, b = args
    if SCALAR in (e.args[0].shape, e.args[1].shape):
        return Box(f"{a.at(PRODUCT)} * {b.at(UNARY)}", PRODUCT, e.shape)
    text = f"{a.at(PRODUCT)} @ {b.at(UNARY)}"
    return (
        Box(f"({text})[0, 0]", ATOM, SCALAR) if e.shape == SCALAR else Box(text, PRODUCT, e.shape)
    )


def _norm(lines: Lines, e: Expr, args: list[Box]) -> Box:
    inner = reduced(lines, e, "sum", powered(args[0], "2")).text
    return Box(f"{lines.dialect.library}.sqrt({inner})", ATOM, e.shape)


def _per_line(lines: Lines, e: Expr, args: list[Box]) -> Box:
    text = f"{e.op}({lines.matrix(args[0])}, {lines.dialect.axis}={_axis(e)})"
    return Box(f"{text}[0, 0]" if e.shape == SCALAR else text, ATOM, e.shape)


def _axis(e: Expr) -> str:
    return {"rows": "0", "columns": "1", "all": "(0, 1)"}[e.attr]


def _argmax_mask(lines: Lines, e: Expr, args: list[Box]) -> Box:
    d = lines.dialect
    rows, columns = (lines.dim(side) for side in e.shape)
    x = lines.matrix(args[0])
    if e.attr == "rows":
        counted, best = f"arange({rows})[:, None]", f"argmax({x}, {lines.along('rows')})"
    elif e.attr == "columns":
        counted, best = f"arange({columns})", f"argmax({x}, {lines.along('columns')})"
    else:
        many = f"({rows}) * ({columns})" if "+" in rows + columns else f"{rows} * {columns}"
        counted, best = f"arange({many}).reshape({rows}, {columns})", f"argmax({x})"
    text = f"{d.library}.{counted} == {d.library}.{best}"
    if e.shape == SCALAR:
        return Box(f"({text})[0, 0]", ATOM, SCALAR, boolean=True)
    return Box(text, COMPARISON, e.shape, boolean=True)


def _stack(lines: Lines, e: Expr, args: list[Box]) -> Box:
    parts = ", ".join(lines.matrix(a) for a in args)
    d = lines.dialect
    joins = "cat" if d.library == "torch" else "concatenate"
    axis = 0 if e.attr == "rows" else 1
    return Box(f"{d.library}.{joins}([{parts}], {d.axis}={axis})", ATOM, e.shape)


def _block(lines: Lines, e: Expr, args: list[Box]) -> Box:
    axis, before, own = e.attr
    start = " + ".join(lines.dim(d) for d in before)
    end = " + ".join(lines.dim(d) for d in (*before, own))
    cut = f"{start}:{end}" if start else f":{end}"
    if " " in cut:
        cut = f"{start} : {end}".lstrip()
    text = f"{args[0].at(ATOM)}[{cut}]" if axis == "rows" else f"{args[0].at(ATOM)}[:, {cut}]"
    return Box(f"{text}[0, 0]" if e.shape == SCALAR else text, ATOM, e.shape)


def _entry(lines: Lines, e: Expr, args: list[Box]) -> Box:
    row, column = e.attr
    if not (isinstance(row, int) and isinstance(column, int)):
        raise RefusedError(
            f"an entry with the open index {row if isinstance(row, str) else column} has no value",
            hint="write the model with whole matrices, or with sums over its indices",
        )
    if e.args[0].shape == SCALAR:
        return args[0]
    return Box(f"{args[0].at(ATOM)}[{row - 1}, {column - 1}]", ATOM, SCALAR)
