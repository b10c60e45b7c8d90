"""One file that needs nothing else: text, maths, font, styles and scripts, and no way out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from json import dumps

from .fonts import font_face

# Nothing may be loaded from anywhere, not even by mistake.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)


def page(
    title: str,
    language: str,
    body: str,
    *,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    glyphs: str = "",
) -> str:
    """One self-contained HTML file.

    `title` is plain text, `body` is markup; `styles` and `scripts` are sources, set in this order
    after the base theme (`theme.css` says what it gives). A script runs when the body is there and
    is alone in its own strictness; what it declares at the top the next ones see. The mathematical
    font has every character of `body`, `scripts` and `glyphs`.

    Raises MissingError where the packages that make the font are missing.
    """
    font = font_face("".join((body, *scripts, glyphs)))
    theme = source("backproof.publish.page", "theme.css")
    sheets = "\n".join(_guarded(sheet, "style") for sheet in (font, theme, *styles))
    runs = "\n".join(f"<script>\n{_guarded(script, 'script')}</script>" for script in scripts)
    return (
        "<!doctype html>\n"
        f'<html lang="{escape(language)}">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{sheets}</style>\n"
        "</head>\n"
        f"<body>\n{body}\n{runs}\n</body>\n"
        "</html>\n"
    )


def data(name: str, value: object) -> str:
    """A value for the scripts, as markup: `JSON.parse(document.getElementById(name).textContent)`.

    Nothing in it can end the element that it stands in.
    """
    text = dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("</", "<\\/")
    text = re.sub(r"<(?=!--|script)", r"\\u003c", text, flags=re.IGNORECASE)
    return f'<script type="application/json" id="{escape(name)}">{text}</script>'


def source(package: str, name: str) -> str:
    """A style or a script that lies beside the Python of a package."""
    return (files(package) / name).read_text(encoding="utf-8")


def _guarded(text: str, element: str) -> str:
    """Text that does not end the element it stands in, nor makes its end invisible."""
    text = re.sub(rf"</(?={element})", r"<\\/", text, flags=re.IGNORECASE)
    return text.replace("<!--", r"<\!--")
