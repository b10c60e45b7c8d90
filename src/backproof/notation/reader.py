"""Formula text -> statements: `read_rows`.

lexer -> structure -> rows -> math.lark -> build; see each file for its part. The parser is built
once per process, on the first formula.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import NoteError, Span
from .lexer import Style, lex
from .rows import rows_of, statements
from .structure import settle
from .syntax import Relation, Statement, Text, Tree
from .tokens import Token, Trouble

#: The place in the file of `text[start:end]`.
Place = Callable[[int, int], Span]

#: One formula longer than this many characters is not a formula.
MAX_FORMULA = 200_000


def read_rows(
    text: str, *, display: bool, place: Place, style: Style = "latex"
) -> tuple[list[Statement], list[NoteError]]:
    """The statements of one formula, and an error for each row that can't be read.

    `place` says where a stretch of `text` stands in the file. `style` says how letters are meant:
    see lexer.py. A row that can't be read leaves the others standing.
    A row that goes on with a chain whose start could not be read is left out: what it continues is
    not known.
    """

    def span(start: int, end: int) -> Span:
        return place(start, max(start, end))

    if len(text) > MAX_FORMULA:
        what = f"this formula has {len(text):,} characters"
        return [], [NoteError(what, hint="is a closing delimiter missing?", span=span(0, 1))]
    out: list[Statement] = []
    errors: list[NoteError] = []
    said: set[str] = set()
    lost = False
    for piece in _pieces(text, style):
        if isinstance(piece, Trouble):
            if piece.what not in said:
                errors.append(piece.error(span(piece.start, piece.end)))
            said.add(piece.what)
            lost = lost or not text[piece.row :].lstrip(" &\n").startswith("=")
            continue
        continues = piece[0].type == "REL"
        if (lost and continues) or _is_fragment(piece):
            continue
        try:
            tree = _parse(piece, span)
        except Trouble as trouble:
            errors.append(trouble.error(span(trouble.start, trouble.end)))
            lost = lost or not continues
            continue
        lost = False
        if isinstance(tree, Text) and not tree.text:
            continue
        continues = isinstance(tree, Relation) and tree.sides[0] is None
        # a macro may have written the first sign or the last one: the whole of its use counts
        whole = span(piece[0].start, piece[-1].end)
        out.append(Statement(tree, whole, display, continues))
    return out, errors


def _pieces(text: str, style: Style) -> list[list[Token] | Trouble]:
    """The statements of a formula as tokens. Where its brackets do not match, or a sign is not
    known, each row is read by itself, and the fault stands for the row that has it."""
    try:
        return [*statements(settle(lex(text, style), text))]
    except Trouble as trouble:
        rows = rows_of(text)
        if len(rows) < 2:
            return [trouble]
    found: list[list[Token] | Trouble] = []
    for start, end in rows:
        alone = " " * start + text[start:end]  # every sign stays in its place
        try:
            found += statements(settle(lex(alone, style), alone))
        except Trouble as trouble:
            trouble.row = start
            found.append(trouble)
    return found


def _is_fragment(piece: list[Token]) -> bool:
    r"""`$^{[l]}$`, `$\odot \sigma'(z)$`: a sign that a sentence talks about, and no formula."""
    first = piece[0].type
    lead = first in ("SUP", "SUPER", "SUB") or (first == "OP" and len(piece) > 1)
    return lead and not any(token.type == "REL" for token in piece)


def _parse(piece: list[Token], span: Callable[[int, int], Span]) -> Tree:
    from lark.exceptions import UnexpectedToken

    for token in piece:
        token.span = span(token.start, token.end)
    parser: Any = _parser()
    try:
        tree: Tree = parser.parse(piece)
    except UnexpectedToken as error:
        raise _unexpected(error.token, piece) from None  # pyright: ignore[reportUnknownMemberType]
    return tree


def _unexpected(token: Any, piece: list[Token]) -> Trouble:
    """What is wrong where the grammar stopped."""
    last = piece[-1]
    if not isinstance(token, Token):
        return Trouble(
            "the formula stops too early",
            last.start,
            last.end,
            "something is missing behind this",
            broken=True,
        )
    at = piece.index(token)
    before = piece[at - 1].type if at else ""
    if before in ("FRAC", "SQRT", "ROOT", "MARK", "SUB", "SUP") or (
        at > 1 and piece[at - 2].type == "FRAC"
    ):
        command = piece[at - 1]
        return Trouble(
            f"`{command.written}` has no argument",
            command.start,
            token.end,
            "put it in braces",
            broken=True,
        )
    if token.type in ("RB", "CLOSE"):
        return Trouble(
            "something is missing before this bracket",
            token.start,
            token.end,
            "fill it in",
            broken=True,
        )
    return Trouble(
        f"`{token.written}` can't stand here",
        token.start,
        token.end,
        "is something missing before it?",
    )


@cache
def _parser() -> Any:
    """The LALR parser; about 50 ms the first time."""
    from lark import Lark
    from lark.lexer import Lexer

    from .build import Builder

    class Ready(Lexer):
        """The tokens are made before the parser starts."""

        def __init__(self, lexer_conf: Any) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any = None) -> Any:
            return iter(lexer_state)

    grammar = Path(__file__).with_name("math.lark").read_text(encoding="utf-8")
    transformer: Any = Builder()
    return Lark(
        grammar,
        parser="lalr",
        lexer=Ready,
        transformer=transformer,
        keep_all_tokens=True,
        maybe_placeholders=False,
    )
