"""Notes in, models out: `read` a file, `parse` a string."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..expr.collector import collector_paused

if TYPE_CHECKING:
    from ..expr.model import Model
    from .document import Kind

__all__ = ["parse", "read"]


def parse(text: str, file: str = "", kind: Kind = "auto") -> Model:
    r"""The model that a text describes: Markdown, LaTeX or plain formulas.

    `file` is only a name for messages. Raises NoteError for broken text, ModelError for a text
    without a loss or with two, ShapeError for shapes that do not fit, RefusedError for what is
    understood and not supported; each says where and what to try.

    >>> model = parse("z = W @ x + b; L = sum((y - z)**2)")
    >>> [p.attr.plain for p in model.parameters], model.shapes["W"]
    (['W', 'b'], ('n1', 'n0'))
    """
    from .document import document
    from .lower.model import lower

    with collector_paused():
        return lower(document(text, kind, file))


def read(path: str | Path) -> Model:
    """The model that a file describes (.md, .tex, .txt).

    Raises as `parse` does, and NoteError for a file that is missing, empty, binary or not text.
    """
    from .document import read_document
    from .lower.model import lower

    with collector_paused():
        return lower(read_document(path))
