"""A label as the `<text>` of an SVG: letters of each look, scripts moved, accents put on."""

from __future__ import annotations

from html import escape

from .curves import short
from .frames import NAME, Text
from .labels import SMALL, advance

# In parts of the size: how far scripts are moved; how much higher an accent stands on a capital,
# and how far to the right on a slanted letter.
RAISED, LOWERED, LIFT, LEAN = 0.36, 0.2, 0.2, 0.08

# Accents as characters of their own, with their width, their size and how far they are raised.
_ACCENTS = {
    "\u0302": ("ˆ", 0.33, 1.0, 0.0),
    "\u0303": ("˜", 0.33, 1.0, 0.0),
    "\u0304": ("¯", 0.33, 1.0, 0.0),
    "\u0306": ("˘", 0.33, 1.0, 0.0),
    "\u0307": ("·", 0.25, 1.0, 0.34),
    "\u0308": ("¨", 0.33, 1.0, 0.0),
    "\u030c": ("ˇ", 0.33, 1.0, 0.0),
    "\u20d7": ("→", 0.5, 0.5, 0.5),
}


def lettered(text: Text) -> str:
    """The element."""
    spans: list[str] = []
    low = 0.0  # how far below its line the text now stands
    ahead = 0.0  # how far it has to step before the next letters
    runs = text.label.runs
    for run, following in zip(runs, (*runs[1:], None), strict=True):
        size = text.size * (SMALL if run.level else 1.0)
        want = {0: 0.0, 1: -RAISED, -1: LOWERED}[run.level] * text.size
        ahead -= run.back * text.size
        # Some fonts have one character for `ft`, whatever stands between the two.
        bar = "\u200c" if following and following.level and run.text.endswith("f") else ""
        spans.append(_span(run.text + bar, run.style, (ahead, want - low), size, text.size))
        low, ahead = want, 0.0
        if run.accent in _ACCENTS:
            sign, wide, scale, rise = _ACCENTS[run.accent]
            middle = advance(run.text) / 2 - (LEAN if "italic" in run.style else 0.0)
            up = (rise + (LIFT if run.text.isupper() else 0.0)) * size
            step = (-(middle + wide / 2) * size, -up)
            spans.append(_span(sign, "", step, size * scale, text.size))
            low, ahead = want - up, (middle - wide / 2) * size
    at = f'x="{short(text.x)}" y="{short(text.y)}"'
    size = "" if text.size == NAME else f' font-size="{short(text.size)}"'
    anchor = "" if text.anchor == "middle" else f' text-anchor="{text.anchor}"'
    return f'<text class="{text.look}" {at}{size}{anchor}>{"".join(spans)}</text>'


def _span(letters: str, look: str, step: tuple[float, float], size: float, usual: float) -> str:
    """Letters after a step to the side and down."""
    style = f' class="{look}"' if look else ""
    right = f' dx="{short(step[0])}"' if abs(step[0]) > 0.005 else ""
    down = f' dy="{short(step[1])}"' if abs(step[1]) > 0.005 else ""
    small = f' font-size="{short(size)}"' if size != usual else ""
    return f"<tspan{style}{right}{down}{small}>{escape(letters)}</tspan>"
