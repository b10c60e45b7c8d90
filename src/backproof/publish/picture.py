"""The picture of a network as a file: an SVG, or a PNG set by typst."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import BackproofError
from ..expr.model import Model
from ..show.diagram import diagram
from ..show.diagram.colours import Theme

SUFFIXES = (".svg", ".png")
FINE = 2  # pixels of a PNG for one of the SVG, where no width is asked for
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


def format_of(path: str) -> str:
    """The ending of a picture's file. Raises BackproofError for one that is none."""
    suffix = Path(path).suffix.lower()
    if suffix in SUFFIXES:
        return suffix
    raise BackproofError(
        f"the format of {path!r} is not one of a picture",
        hint=f"end its name in {' or '.join(SUFFIXES)}",
    )


def draw(
    model: Model,
    suffix: str = ".svg",
    *,
    lit: Iterable[str] = (),
    width: int | None = None,
    language: str | None = None,
    theme: Theme = "page",
) -> bytes:
    """The network of a model as the content of a file; the options are those of `diagram`.

    A `.png` is `width` pixels wide, or twice as fine as the SVG; the theme `page` is light there.

    Raises ModelError for a name in `lit` that the model does not have; ModuleNotFoundError where
    typst is missing, which a PNG needs.
    """
    if suffix == ".svg":
        svg = diagram(model, lit=lit, width=width, language=language, theme=theme)
        return svg.encode("utf-8")
    fixed: Theme = "light" if theme == "page" else theme
    return _png(diagram(model, lit=lit, width=width, language=language, theme=fixed), width)


def _png(svg: str, width: int | None) -> bytes:
    import typst

    size = _SIZE.search(svg)
    assert size is not None
    wide, high = float(size[1]), float(size[2])
    scale = width / wide if width else FINE
    page = (
        f"#set page(width: {wide}pt, height: {high}pt, margin: 0pt)\n"
        f'#image("net.svg", width: {wide}pt, height: {high}pt)\n'
    )
    with TemporaryDirectory() as folder:
        Path(folder, "net.svg").write_text(svg, encoding="utf-8")
        source = Path(folder, "net.typ")
        source.write_text(page, encoding="utf-8")
        return typst.compile(str(source), format="png", ppi=72 * scale)
