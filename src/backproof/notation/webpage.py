r"""HTML pages: the text between the tags, and the maths that scripts and MathML carry.

Entities are decoded. What cannot hold maths (code, styles, scripts) is left out. A page made from
Markdown often has `<em>` where a formula had `_`: a tag of emphasis is kept as one character, which
`underscores` turns into `_` inside a formula and `without` drops from prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from .pieces import Piece

_TAG = re.compile(
    r"""(?P<comment><!--)
      | <[!?][^<>]{0,4000}>
      | <(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>(?:\s[^<>]{0,4000}|/)?)>
      | &(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});
    """,
    re.VERBOSE | re.DOTALL,
)
_SKIPPED = frozenset(
    "pre code style script textarea svg noscript template kbd samp tt head math button".split()
)
_KEPT = frozenset("pre code textarea svg math".split())
_BREAKS = frozenset(
    (
        "p div li ul ol table tr td th h1 h2 h3 h4 h5 h6 section article center blockquote dl dt "
        "dd header footer nav main aside figure figcaption body html hr form details summary"
    ).split()
)
_INLINE_TAGS = frozenset(
    (
        "a abbr b big br cite del em font i img input ins label mark nobr q s small span strong "
        "sub sup u var wbr iframe link meta"
    ).split()
)
_KNOWN = _SKIPPED | _BREAKS | _INLINE_TAGS
_MATHS = re.compile(r"""type\s*=\s*["']?(?:math|text)/(?:tex|latex)(?P<more>[^"'>]*)""")
_ANNOTATION = re.compile(
    r"<annotation\b[^>]*application/x-tex[^>]*>(?P<tex>.*?)</annotation>", re.DOTALL
)
_WRAPPED = re.compile(r"\s*(?:%\s*)?<!\[CDATA\[(?P<tex>.*?)(?:%\s*)?\]\]>\s*", re.DOTALL)
_DISPLAYED = re.compile(r"""display\s*=\s*["']?block|\\displaystyle""")
_START = re.compile(
    r"(?:\s|<!--.{0,9999}?-->|<\?[^>]{0,999}>)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL
)
_EMPHASIS = "\ue000"  # of the private use area: no text holds it


def looks_like_one(text: str) -> bool:
    """Whether a text starts as an HTML page does."""
    return _START.match(text) is not None


def underscores(formula: str) -> str:
    return formula.replace(_EMPHASIS, "_")


def without(prose: str) -> str:
    return prose.replace(_EMPHASIS, "")


def pieces(text: str) -> list[Piece]:
    """The stretches of text, and the formulas in scripts and in MathML, in order."""
    return [p for p in _Page(text).run() if p.text.strip()]


def _encoded(text: str, raw: str) -> str:
    """`<` and `&` as entities wherever they would not be read as themselves, or the page has."""
    text = re.sub("&" if "&amp;" in raw else "&(?=[A-Za-z#])", "&amp;", text)
    text = re.sub("<" if "&lt;" in raw else "<(?=[A-Za-z/!?])", "&lt;", text)
    return text.replace(">", "&gt;") if "&gt;" in raw else text


class _Page:
    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.missing: set[str] = set()

    def closing(self, what: str, start: int) -> re.Match[str] | None:
        """Where `what` comes next; asks only once for what does not come any more."""
        if what in self.missing:
            return None
        found = re.compile(what, re.IGNORECASE).search(self.text, start)
        if not found:
            self.missing.add(what)
        return found

    def run(self) -> Iterator[Piece]:
        text, at = self.text, 0
        while m := _TAG.search(text, at):
            self.plain(at, m.start())
            at = m.end()
            name = (m["name"] or "").lower()
            if m["comment"]:
                end = self.closing("-->", at)
                at = end.end() if end else at
            elif m[0][0] == "&":
                for character in unescape(m[0]):
                    self.add(character, m.start(), m.end())
            elif name in _SKIPPED and not m["close"]:
                close = self.closing(rf"</{name}\s*>", at)
                stop = close.start() if close else at
                formula = self.maths(m, name, at, stop)
                if formula is not None:
                    yield from self.flush()
                    yield formula
                elif name in _KEPT:
                    self.add("\n", m.start(), m.start())
                at = close.end() if close else at
            elif name in ("em", "i"):
                self.add(_EMPHASIS, m.start(), m.end())
            elif name == "br":
                self.add("\n", m.start(), m.end())
            elif name in _BREAKS:
                # a blank line: no formula in a sentence goes on across it
                self.add("\n", m.start(), m.start())
                self.add("\n", m.start(), m.end())
            elif name and name not in _KNOWN:
                self.plain(m.start(), m.end())
        self.plain(at, len(text))
        yield from self.flush()

    def add(self, character: str, start: int, end: int) -> None:
        self.out.append(character)
        self.starts.append(start)
        self.ends.append(end)

    def plain(self, start: int, end: int) -> None:
        self.out += self.text[start:end]
        self.starts += range(start, end)
        self.ends += range(start + 1, end + 1)

    def flush(self) -> Iterator[Piece]:
        if self.out:
            yield Piece(
                "html", "".join(self.out), self.starts[0], self.ends[-1], self.starts, self.ends,
                _encoded,
            )  # fmt: skip
        self.out, self.starts, self.ends = [], [], []

    def maths(self, m: re.Match[str], name: str, start: int, end: int) -> Piece | None:
        """The formula that a script or a MathML element stands for."""
        if name == "script" and (kind := _MATHS.search(m["rest"])):
            wrapped = _WRAPPED.fullmatch(self.text, start, end)
            if wrapped:
                start, end = wrapped.span("tex")
            display = "display" in kind["more"]
            return Piece("display" if display else "inline", self.text[start:end], start, end)
        if name == "math" and (source := _ANNOTATION.search(self.text, start, end)):
            inside = _Page(self.text)
            at, end = source.span("tex")
            display = _DISPLAYED.search(m["rest"] + source["tex"][:40]) is not None
            while (entity := _TAG.search(self.text, at, end)) and entity[0][0] == "&":
                inside.plain(at, entity.start())
                for character in unescape(entity[0]):
                    inside.add(character, entity.start(), entity.end())
                at = entity.end()
            inside.plain(at, end)
            return Piece(
                "display" if display else "inline", "".join(inside.out), source.start("tex"), end,
                inside.starts, inside.ends, _encoded,
            )  # fmt: skip
        return None
