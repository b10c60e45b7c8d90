"""The rules that colour a diagram: through the custom properties of its page, or in plain colours
for programs that know no custom properties."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal

Theme = Literal["page", "light", "dark"]

# What a diagram looks like on its own; in a page it takes the page's colours.
_OWN: dict[str, dict[str, str]] = {
    "light": {"ink": "#1c1e22", "paper": "#ffffff", "faint": "#5d626c", "accent": "#1a56b8"},
    "dark": {"ink": "#e9e7e1", "paper": "#15171b", "faint": "#a2a7b1", "accent": "#8ab8ff"},
}
_VARIABLE = re.compile(r"var\(--(\w+)\)")
_MIX = re.compile(r"color-mix\(in srgb, #(\w{6}) (\d+)%, #(\w{6})\)")


@cache
def stylesheet(theme: Theme = "page") -> str:
    """The rules of `style.css`.

    For a `page`, each colour is the page's own or, where it has none, light or dark as the reader's
    system is; `light` and `dark` are plain colours.
    """
    rules = files("backproof.show.diagram").joinpath("style.css").read_text(encoding="utf-8")
    if theme == "page":
        dark = f"@media (prefers-color-scheme: dark) {{\n{_properties('dark')}}}\n"
        return _properties("light") + dark + _VARIABLE.sub(r"var(--\1, var(--net-\1))", rules)
    own = _OWN[theme]
    return _MIX.sub(_mixed, _VARIABLE.sub(lambda found: own[found[1]], rules))


def _properties(theme: str) -> str:
    lines = "".join(f" --net-{name}: {colour};" for name, colour in _OWN[theme].items())
    return f".network {{{lines} }}\n"


def _mixed(found: re.Match[str]) -> str:
    share = int(found[2]) / 100
    pairs = zip(bytes.fromhex(found[1]), bytes.fromhex(found[3]), strict=True)
    return "#" + bytes(round(a * share + b * (1 - share)) for a, b in pairs).hex()
