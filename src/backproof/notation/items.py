"""Rows of MathML: what stands side by side, and the space between it.

TeX decides the space between two things by their kinds (see `glyphs`); MathML's dictionary agrees
with it on signs like `=` and knows nothing of words like `log`, so that the rest is said here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice

from .glyphs import PRINTED, in_face
from .layout import Rope, pieces

APPLIED = "<mo>&#x2061;</mo>"  # between a function and its argument
TIMES = "<mo>&#x2062;</mo>"
PRIME = '<mo lspace="0" rspace="0">′</mo>'
THIN = '<mspace width="0.1667em"/>'

# Kinds after which a sign like `-` has nothing on its left.
_NOTHING_LEFT = frozenset({"", "bin", "rel", "rel over", "open", "punct", "word", "limit", "big"})
_NOTHING_RIGHT = frozenset({"", "rel", "rel over", "close", "punct"})
_FUNCTIONS = frozenset({"word", "limit"})
_OPERAND = frozenset({"ord", "word", "limit", "big", "under", "inner", "close", "bar"})
_SIGNS = frozenset({"bin", "rel", "open", "close", "punct", "bar", "sign", "big"})
_PREFIXED = "+−±∓¬"
_SHORT = 40  # pieces


@dataclass(slots=True)
class Item:
    """One thing in a row: its kind, and its element or, of a sign, its character."""

    kind: str
    rope: Rope
    sub: Rope | None = None
    sup: Rope | None = None
    tall: bool = False


def is_single(rope: Rope) -> bool:
    """Whether a rope is one element: a string always is one here, a tuple where it begins with a
    start tag that only its last part closes."""
    if isinstance(rope, str):
        return bool(rope)
    first = rope[0] if rope else ""
    return isinstance(first, str) and first[:1] == "<" and "</" not in first and "/>" not in first


def single(rope: Rope) -> Rope:
    """One element."""
    return rope if is_single(rope) else ("<mrow>", rope, "</mrow>")


def mo(character: str, attributes: str = "") -> str:
    printed = PRINTED.get(character, character)
    return f"<mo{attributes}>{escape(printed)}</mo>"


def bracket(character: str, stretchy: bool = False, form: str = "") -> str:
    """A bracket; a bar needs to be told which of two it is."""
    said = f' form="{form}"' if form else ""
    if stretchy:
        return mo(character, f'{said} stretchy="true"')
    return mo(character, f'{said} stretchy="false"')


def space(width: str) -> Item:
    return Item("space", f'<mspace width="{width}"/>')


def of_letter(text: str, face: str = "") -> Item:
    """A letter, or the digits of a number."""
    if text[0].isdigit() or text in "𝟏𝟙":
        return Item("ord", f"<mn>{escape(in_face(text, face))}</mn>")
    if face == "upright":
        return word(text)
    shown = in_face(text, face) if face else text
    upright = shown == text and ("Α" <= text <= "Ω" or not text.isalpha())
    normal = ' mathvariant="normal"' if upright and text.isalpha() else ""
    return Item("ord", f"<mi{normal}>{escape(shown)}</mi>")


def word(text: str, face: str = "", prose: bool = False) -> Item:
    """A word set upright: a name, or words of a sentence, whose spaces are kept."""
    if face not in ("", "upright"):
        text = in_face(text, face)
    kept = text.strip()
    if prose and (not kept.isalnum() or kept != text or not kept.isascii()):
        return Item("text", f"<mtext>{escape(text.replace(' ', chr(0xA0)))}</mtext>")
    normal = ' mathvariant="normal"' if len(kept) == 1 else ""
    return Item("ord", f"<mi{normal}>{escape(kept)}</mi>")


def scripted(item: Item, core: Rope) -> Rope:
    """An item with its scripts around `core`."""
    if item.sub is None and item.sup is None:
        return core
    return with_scripts(core, item.sub, item.sup, under=item.kind in ("big", "limit", "under"))


def with_scripts(
    core: Rope, sub: Rope | None, sup: Rope | None, attributes: str = "", under: bool = False
) -> Rope:
    """What stands below and above a `core`; primes stand beside it, since fonts raise them."""
    core = single(core)
    primes = _primes(sup) if sup and not under else ""
    if primes:
        core, sup = ("<mrow>", core, primes, "</mrow>"), None
    names = ("munder", "mover", "munderover") if under else ("msub", "msup", "msubsup")
    if sub and sup:
        return (f"<{names[2]}{attributes}>", core, single(sub), single(sup), f"</{names[2]}>")
    if sub:
        return (f"<{names[0]}{attributes}>", core, single(sub), f"</{names[0]}>")
    if sup:
        return (f"<{names[1]}{attributes}>", core, single(sup), f"</{names[1]}>")
    return labelled(core, attributes)


def _primes(sup: Rope) -> str:
    """A superscript that is nothing but primes."""
    some = "".join(islice(pieces(sup), 8))
    return some if not some.replace(PRIME, "").replace("<mrow>", "").replace("</mrow>", "") else ""


def row(items: Sequence[Item], tight: bool = False) -> Rope:
    """Items side by side."""
    if len(items) == 1 and items[0].kind not in _SIGNS | _FUNCTIONS:
        return scripted(items[0], items[0].rope)
    out: list[Rope] = []
    kinds = [item.kind for item in items if item.kind not in ("space", "text")]
    kinds.append("")
    at, before, bars, tall = 0, "", 0, False
    for item in items:
        if item.kind in ("space", "text"):
            out.append(scripted(item, item.rope))
            continue
        at += 1
        after = kinds[at]
        apart = item.kind in _FUNCTIONS or (
            (tall or item.tall) and item.kind in ("ord", "inner", "open")
        )
        if apart and before in _OPERAND and not tight:
            out.append(THIN)
        if item.kind == "bar":
            bars += 1
        out.append(scripted(item, _core(item, before, after, tight, bars)))
        if item.kind in _FUNCTIONS and after and after not in ("rel", "close", "punct", "bin"):
            out.append(APPLIED)
            if after not in ("open", "inner", *_FUNCTIONS) and not tight:
                out.append(THIN)
        before, tall = item.kind, item.tall
    return out[0] if len(out) == 1 else tuple(out)


def _core(item: Item, before: str, after: str, tight: bool, bars: int) -> Rope:
    if not isinstance(item.rope, str):
        return item.rope
    close = ' lspace="0" rspace="0"' if tight else ""
    match item.kind:
        case "bin":
            sign = PRINTED.get(item.rope, item.rope)
            if before in _NOTHING_LEFT or after in _NOTHING_RIGHT:
                form = ' form="prefix"' if sign in _PREFIXED and after else ' lspace="0" rspace="0"'
                return mo(sign, form)
            return mo(sign, close)
        case "rel" | "punct":
            alone = not tight and item.kind == "rel" and (not before or not after)
            return mo(item.rope, ' form="infix"' if alone else close)
        case "sign":
            return mo(item.rope, ' lspace="0" rspace="0"')
        case "open" | "close":
            return mo(item.rope, ' stretchy="false"' + close)
        case "bar":
            form = "prefix" if bars % 2 else "postfix"
            return mo(item.rope, f' form="{form}" stretchy="false"')
        case "big":
            return mo(item.rope)
        case "limit" if item.sub is not None:
            return mo(item.rope, ' movablelimits="true" form="prefix" lspace="0" rspace="0"')
        case "word" | "limit" if not item.rope.startswith("<"):
            return f"<mi>{escape(item.rope)}</mi>"
        case _:
            return item.rope


# Pieces of formulas that are printed from expressions.


def labelled(rope: Rope, attributes: str) -> Rope:
    """An element with more attributes."""
    if not attributes:
        return rope
    if isinstance(rope, str):
        return rope.replace(">", f"{attributes}>", 1)
    return (labelled(rope[0], attributes), *rope[1:])


def unwrapped(element: Rope) -> Rope:
    """What stands in an `<mrow>`, to be put in another one."""
    if isinstance(element, str) and element.startswith("<mrow>"):
        return element[len("<mrow>") : -len("</mrow>")]
    return element


def tightened(rope: Rope) -> Rope:
    """A formula as one element, for an exponent: a short one has no space around its signs."""
    some = list(islice(pieces(rope), _SHORT + 1))
    if len(some) > _SHORT:
        return single(rope)
    wrapped = "".join(pieces(single(rope)))
    return wrapped.replace("<mo>", '<mo lspace="0" rspace="0">')


def focused(rope: Rope) -> Rope:
    """What a page is to point out."""
    return ('<mrow class="focus">', rope, "</mrow>")


def numeral(digits: str) -> str:
    """A number written in digits."""
    return f"<mn>{digits}</mn>"


def power_of_ten(exponent: str) -> Rope:
    """10 with an exponent in digits."""
    sign = mo("−", ' form="prefix"') if exponent.startswith("-") else ""
    power = f"<mrow>{sign}{numeral(exponent.removeprefix('-'))}</mrow>"
    return ("<msup>", numeral("10"), power, "</msup>")


def enclosed(start: str, rope: Rope, end: str, tall: bool) -> Rope:
    """A formula in brackets that grow with it where it is `tall`."""
    if not tall and start == "(":
        return (bracket(start), rope, bracket(end))
    inside = (bracket(start, tall, "prefix"), rope, bracket(end, tall, "postfix"))
    return ("<mrow>", *inside, "</mrow>") if tall else inside


def starts_with_bracket(sup: Rope) -> bool:
    """Whether a superscript is an index in brackets."""
    return isinstance(sup, str) and bool(re.match(r"<mrow><mo[^>]*>[(\[]", sup))
