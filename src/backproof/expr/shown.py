"""How an object shows itself in a notebook.

What it looks like is for a floor further up to say. That floor is not known here; it makes itself
known, and is asked once something is shown.
"""

from __future__ import annotations

from collections.abc import Callable

#: The same thing in several forms, by media type.
Bundle = dict[str, str]


class Shown:
    """An object that Jupyter shows as formulas."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return _printers[0](self) if _printers else {}

    def _repr_html_(self) -> str | None:
        return self._repr_mimebundle_().get("text/html")

    def _repr_latex_(self) -> str | None:
        return self._repr_mimebundle_().get("text/latex")


_printers: list[Callable[[object], Bundle]] = []


def shown_by(printer: Callable[[object], Bundle]) -> None:
    """From now on `printer` says what things look like."""
    _printers[:] = [printer]
