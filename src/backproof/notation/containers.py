r"""Where the formulas of Markdown, LaTeX and the text of an HTML page stand.

`blocks` walks once over the text and yields formulas and macro definitions in order. What must not
be read (code, comments, front matter) is skipped; prose is handed back as pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .macros import DEFINITION

Role = Literal["display", "inline", "typed", "define", "unclosed", "prose"]
Markup = Literal["markdown", "latex", "html"]
_INLINE_LIMIT = 2_000
_CODE_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]` is a formula, or prose; `what` names the opening of an unclosed one.

    A block that is `typed` has no delimiters of maths, and may be formulas all the same (typed.py).
    """

    role: Role
    start: int
    end: int
    what: str = ""


_MATH = (
    r"equation|align|aligned|alignedat|gather|gathered|multline|eqnarray|flalign|alignat|split"
    r"|displaymath|math|dmath|subequations|empheq|IEEEeqnarray|numcases|subnumcases|darray|dgroup"
)
_DISPLAY_ONLY = re.compile(r"\$|\\\[|\\\(|\\begin\{(?:" + _MATH + r")\*?\}")

_MARKDOWN = re.compile(
    r"""
    (?P<fence>^[ \t>]*(?:[-*+][ \t]+|\d+\.[ \t]+)?(?P<ticks>```+|~~~+)(?P<info>[^\n`]*)$)
  | (?P<comment><!--)
  | (?P<html><(?P<tag>pre|code|script|style)\b[^>\n]*>)
  | (?P<code>`+)
  | (?P<bracket>\\\\?[\[(])
  | (?P<env>\\begin\s*\{(?P<name>(?:MATH)\*?)\})
  | (?P<stray>\\end\s*\{(?:MATH)\*?\})
  | (?P<define>DEFINE)
  | (?P<escape>\\.)
  | (?P<dollars>\$\$)
  | (?P<dollar>\$)
    """.replace("MATH", _MATH).replace("DEFINE", DEFINITION.pattern),
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_LATEX = re.compile(
    r"""
    (?P<verbatim>\\begin\s*\{(?P<tag>verbatim|lstlisting|minted|comment|Verbatim|filecontents)\*?\})
  | (?P<bracket>\\[\[(])
  | (?P<env>\\begin\s*\{(?P<name>(?:MATH)\*?)\})
  | (?P<stray>\\end\s*\{(?:MATH)\*?\})
  | (?P<define>DEFINE)
  | (?P<verb>\\(?:verb|lstinline)(?P<bar>[|!+"]))
  | (?P<off>\\iffalse(?![A-Za-z]))
  | (?P<escape>\\.)
  | (?P<dollars>\$\$)
  | (?P<dollar>\$)
    """.replace("MATH", _MATH).replace("DEFINE", DEFINITION.pattern),
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_HTML = re.compile(
    r"""
    (?P<bracket>\\[\[(])
  | (?P<env>\\begin\s*\{(?P<name>(?:MATH)\*?)\})
  | (?P<define>DEFINE)
  | (?P<escape>\\.)
  | (?P<dollars>\$\$)
  | (?P<dollar>\$)
    """.replace("MATH", _MATH).replace("DEFINE", DEFINITION.pattern),
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_PATTERNS: dict[Markup, re.Pattern[str]] = {
    "markdown": _MARKDOWN,
    "latex": _LATEX,
    "html": _HTML,
}
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
_CHUNK = re.compile(r"^<<[^\n]*>>=[ \t]*\r?$.*?^@[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t>]*\r?\n")
_PROSE = re.compile(
    r"(?<![\\A-Za-z])(?:[A-Za-z]{2,}[ ,]+){4}|[\uac00-\ud7a3\u4e00-\u9fff][^$\\\n]{12}|^#+ ",
    re.MULTILINE,
)
_FRONT = re.compile(r"---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE | re.DOTALL)
#: What prose and prices between two dollar signs do not have; or a lone letter.
_FORMULA = re.compile(r"\\[A-Za-z]|[_^=]")
_LETTER = re.compile(r"\s+[A-Za-z]\w?\s+")
#: Languages of fences that are none.
_WORDLESS = frozenset(("", "text", "txt", "plain", "plaintext", "none"))
_FENCES = re.compile(r"^```([^\n`]*)$", re.MULTILINE)
_ALONE = re.compile(r"[ \t]*(?:\r?\n|$)")
_CLOSERS = {"\\[": "\\]", "\\(": "\\)", "\\\\[": "\\\\]", "\\\\(": "\\\\)"}


def has_markup(text: str) -> bool:
    """Whether the text holds any delimiter of maths, or a fence in which formulas may stand."""
    if _DISPLAY_ONLY.search(text) is not None:
        return True
    opened = _FENCES.findall(text)[::2]
    return any(language.strip().lower() in _WORDLESS for language in opened)


def without_comments(text: str) -> str:
    """LaTeX text of the same length with every `%` comment, and the code of Sweave, blanked."""
    if "\n<<" in text or text.startswith("<<"):
        text = _CHUNK.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    return _COMMENT.sub(lambda m: m[1] + " " * len(m[2]), text)


def blocks(text: str, markup: Markup) -> Iterator[Block]:
    """All blocks of a text, in order; prose pieces in between."""
    return _Scanner(text, markup).run()


class _Scanner:
    def __init__(self, text: str, markup: Markup) -> None:
        self.text = text
        self.markup: Markup = markup
        self.latex = markup == "latex"
        self.missing: dict[str, int] = {}

    def run(self) -> Iterator[Block]:
        text = self.text
        pattern = _PATTERNS[self.markup]
        position = said = 0
        if self.markup == "markdown" and (front := _FRONT.match(text)):
            position = said = front.end()
        while m := pattern.search(text, position):
            block, after = getattr(self, f"_{m.lastgroup}")(m)
            if block is not None or after > m.end():
                if said < m.start():
                    yield Block("prose", said, m.start())
                said = after
            if block is not None:
                yield block
            position = max(after, m.end())
        if said < len(text):
            yield Block("prose", said, len(text))

    def find(self, what: str, start: int) -> int:
        """Where `what` comes next, -1 when it does not; asks only once for what is not there."""
        if self.missing.get(what, len(self.text) + 1) <= start:
            return -1
        found = self.text.find(what, start)
        if found < 0:
            self.missing[what] = start
        return found

    # each returns the block, if any, and where to go on
    def _fence(self, m: re.Match[str]) -> tuple[Block | None, int]:
        ticks = m["ticks"]
        close = re.compile(
            r"^[ \t>]*" + ticks[0] + "{" + str(len(ticks)) + r",}[ \t]*\r?$", re.MULTILINE
        )
        end = close.search(self.text, m.end())
        stop, after = (end.start(), end.end()) if end else (len(self.text), len(self.text))
        language = m["info"].strip().strip("{}").lower()
        if language == "math":
            return Block("display", m.end(), stop), after
        return Block("typed", m.end(), stop) if language in _WORDLESS else None, after

    def _comment(self, m: re.Match[str]) -> tuple[Block | None, int]:
        end = self.find("-->", m.end())
        return None, end + 3 if end >= 0 else m.end()

    def _html(self, m: re.Match[str]) -> tuple[Block | None, int]:
        end = self.find(f"</{m['tag']}>", m.end())
        return None, end if end >= 0 else m.end()

    def _verbatim(self, m: re.Match[str]) -> tuple[Block | None, int]:
        end = self.find(rf"\end{{{m['tag']}", m.end())
        return None, end if end >= 0 else m.end()

    def _off(self, m: re.Match[str]) -> tuple[Block | None, int]:
        end = self.find(r"\fi", m.end())
        return None, end if end >= 0 else m.end()

    def _verb(self, m: re.Match[str]) -> tuple[Block | None, int]:
        end = self.text.find(m["bar"], m.end(), m.end() + _INLINE_LIMIT)
        return None, end + 1 if end >= 0 else m.end()

    def _code(self, m: re.Match[str]) -> tuple[Block | None, int]:
        ticks = re.compile(r"(?<!`)" + m["code"] + r"(?!`)")
        end = ticks.search(self.text, m.end(), m.end() + _CODE_LIMIT)
        if end and not _BLANK_LINE.search(self.text, m.end(), end.start()):
            return None, end.end()
        return None, m.end()

    def _bracket(self, m: re.Match[str]) -> tuple[Block | None, int]:
        opening = m["bracket"]
        end = self.find(_CLOSERS[opening], m.end())
        display = opening.endswith("[")
        if end < 0 or (not display and _BLANK_LINE.search(self.text, m.end(), end)):
            block = (
                Block("unclosed", m.start(), m.end(), opening) if display and self.latex else None
            )
            return block, m.end()
        return Block("display" if display else "inline", m.end(), end), end + len(opening)

    def _env(self, m: re.Match[str]) -> tuple[Block | None, int]:
        closer = rf"\end{{{m['name']}}}"
        end = self.find(closer, m.end())
        if end < 0:
            return Block("unclosed", m.start(), m.end(), m[0]), m.end()
        end += len(closer)
        return Block("display" if m["name"] != "math" else "inline", m.start(), end), end

    def _stray(self, m: re.Match[str]) -> tuple[Block | None, int]:
        return Block("unclosed", m.start(), m.end(), m[0]), m.end()

    def _define(self, m: re.Match[str]) -> tuple[Block | None, int]:
        return Block("define", m.start(), m.end()), m.end()

    def _escape(self, m: re.Match[str]) -> tuple[Block | None, int]:
        return None, m.end()

    def _dollars(self, m: re.Match[str]) -> tuple[Block | None, int]:
        end = self.find("$$", m.end())
        if end < 0 or (
            _BLANK_LINE.search(self.text, m.end(), end) and _PROSE.search(self.text, m.end(), end)
        ):
            return Block("unclosed", m.start(), m.end(), "$$"), m.end()
        return Block("display", m.end(), end), end + 2

    def _dollar(self, m: re.Match[str]) -> tuple[Block | None, int]:
        text, start = self.text, m.end()
        if text[start : start + 1] == "`":
            end = text.find("`$", start + 1, start + _INLINE_LIMIT)
            if end >= 0:
                return Block("inline", start + 1, end), end + 2
        if not self.latex and text[start : start + 1].isspace():
            return self.spaced(start)
        at = start
        while (at := text.find("$", at, start + _INLINE_LIMIT)) >= 0:
            if text[at - 1] == "\\":
                at += 1
                continue
            inner = text[start:at]
            # MathJax takes `$\frac{1}{2} $` for a formula, and prices have no commands in them
            command = re.search(r"\\[A-Za-z]", inner)
            loose = text[at - 1].isspace() and (not command or "\n" in inner)
            spaced = not self.latex and (loose or text[at + 1 : at + 2].isdigit())
            if spaced or at == start or _BLANK_LINE.search(text, start, at):
                return None, start
            return Block("inline", start, at), at + 1
        return None, start

    def spaced(self, start: int) -> tuple[Block | None, int]:
        r"""`$ W \in R^{2 \times 3} $`, and a formula between two lines that are a dollar sign each:
        MathJax takes them for formulas; prices have neither scripts nor relations in them."""
        text = self.text
        end = text.find("$", start, start + _INLINE_LIMIT)
        inner = text[start:end] if end >= 0 else ""
        display = _ALONE.match(text, end + 1) is not None and inner.startswith("\n")
        display = display and not inner.rpartition("\n")[2].strip(" \t>")
        formula = _FORMULA.search(inner) or (_LETTER.fullmatch(inner) and not display)
        spoiled = _BLANK_LINE.search(inner) or _PROSE.search(inner) or inner.endswith("\\")
        if not formula or spoiled or ("\n" in inner and not display):
            return None, start
        if text[end + 1 : end + 2].isdigit():
            return None, start
        return Block("display" if display else "inline", start, end), end + 1
