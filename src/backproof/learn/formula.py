r"""A formula that a user hands over as text, such as an activation `z * sigmoid(z)`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..errors import BackproofError, ModelError
from ..expr.name import Name
from ..expr.node import Expr, substitute, walk
from ..expr.shape import SCALAR


def formula(text: str, letters: Mapping[str, str], what: str) -> str:
    r"""A formula of one entry as LaTeX, its variables replaced.

    `text` is plain (`z * sigmoid(z)`) or LaTeX, `letters` maps each variable that may stand in it
    to its LaTeX in the result, `what` names the formula in messages.

    Raises ModelError for a text that can't be read or has other variables in it.

    >>> print(formula("(y - p)**2", {"y": "Y_{ik}", "p": "P_{ik}"}, "the loss"))
    (Y_{ik} - P_{ik})^{2}
    """
    return _formula(text, tuple(letters.items()), what)


@lru_cache(maxsize=64)
def _formula(text: str, letters: tuple[tuple[str, str], ...], what: str) -> str:
    from ..notation.latex import latex

    table = dict(letters)
    value = _read(text, what)
    names = {e.attr.plain: e for e in walk([value]) if e.op == "name"}
    known = " and ".join(table)
    odd = [n for n in names if n not in table]
    if odd:
        raise ModelError(
            f"{what} has {', '.join(odd)} in it: {text}",
            hint=f"write it in {known}, with numbers for everything else",
        )
    if not names:
        raise ModelError(f"{what} has no {known} in it: {text}", hint=f"write it in {known}")
    written = {e: _named(n, table[n]) for n, e in names.items()}
    return latex(substitute(value, written))


def _named(plain: str, written: str) -> Expr:
    return Expr("name", (), Name(plain, latex=written), SCALAR)


def _read(text: str, what: str) -> Expr:
    from ..notation import parse

    left = "loss"
    source = f"$${left} = {text}$$" if "\\" in text else f"{left} = {text}"
    try:
        model = parse(source)
    except BackproofError as error:
        raise ModelError(
            f"{what} can't be read: {text} ({error.what})",
            hint=error.hint or "write a formula such as z * sigmoid(z)",
        ) from None
    if len(model.equations) != 1 or model.loss.args[0].shape != SCALAR:
        raise ModelError(f"{what} is not one formula of one entry: {text}")
    return model.loss.args[0]
