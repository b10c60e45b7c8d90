r"""LaTeX, ours or an author's, in MathML: names, formulas in sentences, whole equations.

>>> element(r"\hat{\mathbf{y}}_1")
'<msub><mover accent="true"><mi>𝐲</mi><mo stretchy="false">ˆ</mo></mover><mn>1</mn></msub>'

Nothing is refused: what is not known comes out as the word that it is, never with a backslash. The
reading is a stack of frames and no recursion, so that no nesting is too deep for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape

from . import frames
from .frames import Frame
from .glyphs import ACCENTS, COMMANDS, FACES, KINDS, SPACES
from .items import PRIME, Item, bracket, of_letter, single, space, word
from .layout import Rope, pieces
from .names import unicode
from .symbols import LOWERED, RAISED
from .tables import LEFT

_TOKEN = re.compile(
    r"\\(?:begin|end)\s*\{(?P<name>[^{}]*)\}|\\[A-Za-z]+\*?|\\.|%[^\n]*(?:\n|$)|\d+(?:\.\d+)?"
    r"|(?P<prose>[^\W\d_A-Za-z\u0370-\u03ff\u2100-\u214f\U0001d400-\U0001d7ff]{2,})|\s+|.",
    re.DOTALL,
)
_FONT_WORD = re.compile(r"\s*\{\s*([A-Za-z][A-Za-z0-9\- ]*)\}")
_RAW = re.compile(r"\s*\{((?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{[^{}]*\})*\})*)\}", re.DOTALL)
_OPTION = re.compile(r"\s*\[([^\]]*)\]")
_LIMITS = re.compile(r"(?:max|min|sup|inf|lim)$")
_BIG = re.compile(r"[bB]igg?[lrm]?$")
_OPENING = re.compile(r"\s*\{")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEXT = _words("text mbox hbox textrm textit textbf textsf texttt textnormal intertext")
_NAMING = _words("operatorname mathrm mathsf mathop rm")
#: Thrown away together with their argument.
_DROPPED = _words(
    "tag label hspace vspace phantom hphantom vphantom color require class cssId eqref ref mspace "
    "mkern kern rule gls cite style hypertarget bbox href textcolor"
)
_SILENT = _words(
    "mathbin mathrel mathopen mathclose mathinner mathpunct ensuremath smash onslide uncover "
    "visible alert vcenter mathstrut "
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits strut nonumber notag "
    "middle ! negthinspace negmedspace negthickspace small large Large normalsize footnotesize "
    "centering noindent hline relax allowbreak nobreak par newline cr linebreak hfill hfil hskip "
    "smallskip medskip bigskip / - pause tiny LARGE huge"
)

#: A command of our own: what a page is to point out in a formula.
POINTED = "pointedat"
#: What waits for arguments: what it becomes, how many it takes, and what it is drawn with.
_OPENED: dict[str, tuple[Callable[[Frame], Item], int, str]] = {
    **{name: (frames.accent, 1, mark) for name, mark in ACCENTS.items()},
    **dict.fromkeys(("frac", "cfrac", "nicefrac", "sfrac"), (frames.fraction, 2, "")),
    "dfrac": (frames.fraction, 2, ' displaystyle="true"'),
    "tfrac": (frames.fraction, 2, ' displaystyle="false"'),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), (frames.binomial, 2, "")),
    **dict.fromkeys(("underline", "underbar"), (frames.under, 1, "_")),
    "underbrace": (frames.under, 1, "⏟"),
    "underbracket": (frames.under, 1, "⎵"),
    "overbrace": (frames.over, 1, "⏞"),
    "overbracket": (frames.over, 1, "⎴"),
    **dict.fromkeys(("overset", "stackrel"), (frames.overset, 2, "")),
    "underset": (frames.underset, 2, ""),
    "xrightarrow": (frames.arrow, 1, "→"),
    "xleftarrow": (frames.arrow, 1, "←"),
    **dict.fromkeys(
        _words("boxed fbox framebox colorbox tcbhighmath"), (frames.framed, 1, "boxed")
    ),
    **dict.fromkeys(_words("cancel bcancel xcancel sout"), (frames.framed, 1, "struck")),
    "not": (frames.negated, 1, ""),
    POINTED: (frames.framed, 1, "focus"),
}


@lru_cache(maxsize=4096)
def element(latex: str, tight: bool = False) -> str:
    """LaTeX as exactly one element; in a `tight` one operators have no space around them."""
    return "".join(pieces(single(_Reading(latex, tight).rope())))


def elements(latex: str) -> str:
    """LaTeX as the elements that stand in a row."""
    return "".join(pieces(_Reading(latex, False).rope()))


class _Reading:
    def __init__(self, latex: str, tight: bool) -> None:
        self.latex = latex
        self.at = 0
        self.stack = [Frame(frames.whole, closer="end", tight=tight)]
        self.closers: dict[str, int] = {}

    def rope(self) -> Rope:
        while match := _TOKEN.match(self.latex, self.at):
            self.at = match.end()
            self.token(match[0].rstrip() or " ", match)
        while len(self.stack) > 1:
            self.close_top()
        return self.stack[0].build(self.stack[0]).rope

    # Frames.

    def push(self, build: Callable[[Frame], Item], wants: int = 0, closer: str = "") -> Frame:
        top = self.stack[-1]
        frame = Frame(build, wants, closer, top.face, top.tight)
        self.stack.append(frame)
        if closer:
            self.closers[closer] = self.closers.get(closer, 0) + 1
        return frame

    def add(self, item: Item) -> None:
        """Give an item to what is open; a command that has all its arguments becomes an item."""
        while True:
            top = self.stack[-1]
            top.items.append(item)
            if not top.wants or len(top.items) < top.wants:
                return
            self.stack.pop()
            item = top.build(top)
            if item.kind == "script":
                self.attach(item)
                return

    def close_top(self) -> None:
        top = self.stack.pop()
        if top.closer:
            self.closers[top.closer] -= 1
        item = top.build(top)
        if item.kind == "script":
            self.attach(item)
        else:
            self.add(item)

    def close(self, closer: str) -> bool:
        """Close what `closer` closes, and what is still open inside of it."""
        if not self.closers.get(closer):
            return False
        while self.stack[-1].closer != closer:
            self.close_top()
        self.close_top()
        return True

    def attach(self, script: Item) -> None:
        """Put a script on the item before it."""
        items = self.stack[-1].items
        if not items or self.stack[-1].wants or items[-1].kind == "space":
            self.stack[-1].items.append(Item("ord", "<mrow></mrow>"))
        last = items[-1]
        if script.sub is not None:
            last.sub = script.sub if last.sub is None else (last.sub, script.sub)
        if script.sup is not None:
            last.sup = script.sup if last.sup is None else (last.sup, script.sup)

    # Tokens.

    def token(self, token: str, match: re.Match[str]) -> None:
        top = self.stack[-1]
        if token == " " or token[0] == "%":
            return
        if token in "{}" and len(token) == 1:
            if token == "{":
                self.push(frames.group, closer="}")
            else:
                self.close("}")
        elif token in ("_", "^"):
            self.push(frames.subscript if token == "_" else frames.superscript, 1).tight = True
        elif token in ("'", "′"):
            self.attach(Item("script", "", sup=PRIME))
        elif token in RAISED or token in LOWERED:
            inner = element({**RAISED, **LOWERED}[token], True)
            raised = token in RAISED
            script = Item("script", "", sup=inner) if raised else Item("script", "", sub=inner)
            self.attach(script)
        elif token == "&":
            if top.closer == "end":
                top.next_cell()
        elif token in (r"\\", r"\cr", r"\newline"):
            self.next_row(top)
        elif match["name"] is not None:
            self.environment(token, match["name"].strip())
        elif token[0] == "\\":
            self.command(token[1:])
        elif match["prose"]:
            self.add(Item("ord", f"<mtext>{escape(token)}</mtext>"))
        elif token[0].isdigit():
            if top.wants:  # an argument without braces is one digit
                self.at += 1 - len(token)
                token = token[0]
            self.add(of_letter(token, top.face))
        elif token == "~":
            self.add(space(SPACES["~"]))
        else:
            self.sign(KINDS.get(token, "ord"), token)

    def next_row(self, top: Frame) -> None:
        if top.closer != "end":
            return
        top.next_cell()
        top.cells.append([])
        self.at = _end(_OPTION.match(self.latex, self.at), self.at)

    def environment(self, token: str, name: str) -> None:
        if token.startswith(r"\end"):
            self.close("end")
            return
        frame = self.push(frames.environment, closer="end")
        frame.opening = name.rstrip("*")
        if frame.opening in ("array", "alignat", "alignedat", "tabular"):
            raw = _RAW.match(self.latex, self.at)
            self.at = _end(raw, self.at)
            if raw and frame.opening in ("array", "tabular"):
                frame.opening = LEFT if raw[1].lstrip("|").startswith("l") else "array"

    def command(self, name: str) -> None:
        bare = name.rstrip("*")
        if bare in _OPENED:
            build, wants, opening = _OPENED[bare]
            self.push(build, wants).opening = opening
        elif bare in ("left", "right"):
            self.fence(bare)
        elif _BIG.match(bare):
            delimiter = self.delimiter()
            if delimiter:
                self.add(Item("ord", bracket(delimiter, stretchy=True)))
        elif bare in _TEXT:
            self.prose(bare)
        elif bare in _NAMING or bare in FACES:
            self.font(bare)
        elif bare == "sqrt":
            degree = _OPTION.match(self.latex, self.at)
            self.at = _end(degree, self.at)
            self.push(frames.root, 1).opening = element(degree[1], True) if degree else ""
        elif bare in ("over", "atop"):
            self.stack[-1].above = self.stack[-1].content()
            self.stack[-1].items = []
        elif bare == "substack":
            self.push(frames.group, 1)
            self.push(frames.environment, closer="}").opening = bare
            self.at = _end(_OPENING.match(self.latex, self.at), self.at)
        elif bare in _DROPPED:
            self.at = _end(_RAW.match(self.latex, self.at), self.at)
        elif bare in SPACES:
            self.add(space(SPACES[bare]))
        elif bare in COMMANDS:
            self.sign(*COMMANDS[bare])
        elif bare not in _SILENT:
            self.add(word(bare or name))

    def sign(self, kind: str, characters: str) -> None:
        plain = kind == "ord"
        self.add(of_letter(characters, self.stack[-1].face) if plain else Item(kind, characters))

    # What reads its own argument.

    def delimiter(self) -> str:
        """The delimiter that follows; empty for none."""
        while match := _TOKEN.match(self.latex, self.at):
            self.at = match.end()
            token = match[0].strip()
            if token:
                named = COMMANDS.get(token[1:], ("", "")) if token[0] == "\\" else ("", token)
                return "" if named[1] == "." else named[1]
        return ""

    def fence(self, side: str) -> None:
        delimiter = self.delimiter()
        if side == "left":
            self.push(frames.fenced, closer="right").opening = delimiter
        elif not self.closers.get("right"):
            if delimiter:
                self.add(Item(KINDS.get(delimiter, "sign"), delimiter))
        else:
            while self.stack[-1].closer != "right":
                self.close_top()
            self.stack[-1].cells.append([bracket(delimiter, True, "postfix") if delimiter else ""])
            self.close_top()

    def prose(self, command: str) -> None:
        r"""`\text{ if } x`: words between formulas; `$` in it is a formula again."""
        raw = _RAW.match(self.latex, self.at)
        if not raw:
            self.push(frames.group, 1).face = "upright"
            return
        self.at = raw.end()
        face = FACES.get(command, "")
        if raw[1].count("$") < 2:
            self.add(word(unicode(raw[1]) if "\\" in raw[1] else raw[1], face, prose=True))
            return
        parts = [
            f"<mtext>{escape(part)}</mtext>" if i % 2 == 0 else element(part.replace("\\text", ""))
            for i, part in enumerate(raw[1].split("$"))
            if part
        ]
        self.add(Item("ord", single(tuple(parts))))

    def font(self, command: str) -> None:
        named = _FONT_WORD.match(self.latex, self.at) if command in _NAMING else None
        if named:
            self.at = named.end()
            made = word(named[1].strip())
            if command in ("operatorname", "mathop"):
                made.kind = "limit" if _LIMITS.search(named[1]) else "word"
            self.add(made)
            return
        if command.startswith("operatorname"):
            raw = _RAW.match(self.latex, self.at)
            self.at = _end(raw, self.at)
            made = word(unicode(raw[1]) if raw else "")
            made.kind = "limit" if raw and _LIMITS.search(raw[1]) else "word"
            self.add(made)
            return
        if command in ("bf", "rm", "it", "sf", "tt", "cal") or command == "boldmath":
            self.stack[-1].face = FACES[command]
            return
        self.push(frames.group, 1).face = FACES[command]


def _end(match: re.Match[str] | None, at: int) -> int:
    return match.end() if match else at
