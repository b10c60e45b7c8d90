r"""Tokens of one formula -> the tokens of its statements.

A row is a statement, and so is each of several equations on one row: `z = Wx + b, \quad a = f(z)`.
A wide space, a comma or a word separates two statements only when both sides are relations;
`l = 1, 2, \dots, L` stays whole. A row that starts with a sign goes on with the row before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .symbols import ROWS
from .tokens import OPERAND_END, OPERAND_START, Token, Trouble

#: The end of a row, and of what rows stand in.
_EDGE = re.compile(r"\\\\|\\(?P<edge>begin|end)\s*\{\s*(?P<name>[A-Za-z]+)\*?\s*\}")
_OPENS = frozenset({"LB", "OPEN", "BEGIN"})
_CLOSES = frozenset({"RB", "CLOSE", "END"})


@dataclass(slots=True)
class _Segment:
    """A piece of a row, and the separator in front of it."""

    separator: Token | None = None
    tokens: list[Token] = field(default_factory=list[Token])
    relation: int = -1  # index of the first relation outside all brackets

    @property
    def complete(self) -> bool:
        return self.relation > 0

    def extend(self, other: _Segment, *, keep: bool) -> None:
        if keep and other.separator is not None:
            self.tokens.append(other.separator)
        if self.relation < 0 and other.relation >= 0:
            self.relation = len(self.tokens) + other.relation
        self.tokens += other.tokens


def statements(tokens: list[Token]) -> list[list[Token]]:
    """The statements of a formula, in order, each at least one token long."""
    out: list[list[Token]] = []
    for row in _joined(_rows(tokens)):
        for segment in _fold(_segments(row)):
            piece = _trim(segment.tokens)
            if piece:
                out.append(piece)
    return out


def rows_of(text: str) -> list[tuple[int, int]]:
    r"""Where the rows of a formula start and end that `\\\\` sets apart, without the environment
    around them."""
    found: list[tuple[int, int]] = []
    start = depth = 0
    for m in _EDGE.finditer(text):
        if m["edge"] and m["name"] not in ROWS:
            depth += 1 if m["edge"] == "begin" else -1
        elif not depth:
            found.append((start, m.start()))
            start = m.end()
    found.append((start, len(text)))
    return [(a, b) for a, b in found if text[a:b].strip(" \t\n&")]


def _rows(tokens: list[Token]) -> list[list[Token]]:
    rows: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.type in _OPENS:
            depth += 1
        elif token.type in _CLOSES:
            depth -= 1
        elif token.type == "ROW" and not depth:
            rows.append([])
            continue
        rows[-1].append(token)
    return [row for row in rows if any(t.type not in ("LINE", "AMP", "QUAD") for t in row)]


def _joined(rows: list[list[Token]]) -> list[list[Token]]:
    """Rows that only break a long line, put together again."""
    out: list[list[Token]] = []
    for row in rows:
        solid = [t for t in row if t.type not in ("LINE", "AMP", "QUAD")]
        if out:
            last = next(t for t in reversed(out[-1]) if t.type not in ("LINE", "AMP", "QUAD"))
            relation = _top_relation(solid) >= 0
            starts = solid[0].type in ("OP", "SUP", "SUB", "SUPER")
            signed = solid[0].type == "ADD" and not relation
            hangs = last.type in ("ADD", "OP") or (last.type == "REL" and not relation)
            if starts or signed or hangs:
                out[-1] += [t for t in row if t.type not in ("LINE", "AMP")]
                continue
        out.append(row)
    return out


def _top_relation(tokens: list[Token]) -> int:
    depth = 0
    for i, token in enumerate(tokens):
        if token.type in _OPENS:
            depth += 1
        elif token.type in _CLOSES:
            depth -= 1
        elif token.type == "REL" and not depth:
            return i
    return -1


def _segments(row: list[Token]) -> list[_Segment]:
    segments = [_Segment()]
    depth = columns = 0
    for i, token in enumerate(row):
        kind = token.type
        if kind in _OPENS:
            depth += 1
        elif kind in _CLOSES:
            depth -= 1
        elif not depth:
            if kind == "AMP":
                columns += 1
                if columns % 2 == 0:
                    segments.append(_Segment(Token("QUAD", "", token.start, token.end)))
                continue
            if kind == "REL" and token.value == "to" and _leads_on(row, i, segments[-1]):
                segments.append(_Segment(Token("STEP", "", token.start, token.end)))
                continue
            if kind == "REL" and segments[-1].relation < 0:
                segments[-1].relation = len(segments[-1].tokens)
            if kind in ("QUAD", "LINE", "STEP", "COMMA", "STOP", "COLON") or (
                kind == "TEXT" and not _stands(row, i)
            ):
                segments.append(_Segment(token))
                continue
        segments[-1].tokens.append(token)
    return segments


def _leads_on(row: list[Token], i: int, segment: _Segment) -> bool:
    """Whether an arrow stands between two equations: `a = b \\rightarrow c = d`."""
    before = any(t.type == "REL" and t.value == "=" for t in segment.tokens)
    spaced = not segment.tokens and segment.separator is not None
    if not before and not spaced:
        return False
    behind = row[i + 1 :]
    at = _top_relation(behind)
    return at > 0 and behind[at].value == "="


def _stands(row: list[Token], i: int) -> bool:
    """Whether a piece of prose is an operand (`\\text{total loss} = ...`), not a remark."""
    then = next((t.type for t in row[i + 1 :] if t.type not in ("LINE", "AMP")), "")
    before = next((t.type for t in reversed(row[:i]) if t.type not in ("LINE", "AMP")), "")
    if before in ("REL", "OP", "ADD", "SUB", "SUP", "MARK", "FRAC", "SQRT", "BIG"):
        return True
    return (
        then in ("REL", "OP", "ADD", "SUB", "SUP", "SUPER", "PRIME") and before not in OPERAND_END
    )


def _fold(segments: list[_Segment]) -> list[_Segment]:
    out = [segments[0]]
    for segment in segments[1:]:
        left = out[-1]
        assert segment.separator is not None
        _attach(out, left, segment, segment.separator)
    return out


def _attach(out: list[_Segment], left: _Segment, right: _Segment, separator: Token) -> None:
    """Decide whether a separator ends a statement, joins two pieces, or introduces a remark."""
    kind = separator.type
    if not right.tokens:
        if kind in ("COMMA", "COLON", "STOP", "TEXT", "STEP"):
            # remembered, so that what follows knows it stands behind a comma
            left.tokens += [separator] if kind == "COMMA" and left.tokens else []
            if kind in ("TEXT", "STEP"):
                out.append(_Segment(separator))
        return
    if not left.tokens:
        remark = left.separator is not None and left.separator.type == "TEXT" and len(out) > 1
        if remark and right.relation < 0 and kind != "STEP":
            return  # the rest of a remark: `for all \quad i`
        right.separator = left.separator
        out[-1] = right
        return
    both = left.complete and right.complete
    if kind == "STEP":
        out.append(right)
    elif kind == "TEXT":
        if right.relation >= 0 or left.relation < 0:
            out.append(right)
    elif kind == "LINE":
        hangs = left.tokens[-1].type not in OPERAND_END | {"COMMA"}
        if both and not hangs and right.tokens[0].type in OPERAND_START:
            out.append(right)
        else:
            left.extend(right, keep=False)
    elif both:
        out.append(right)
    elif kind == "QUAD":
        if left.complete and right.relation < 0 and _numbering(right.tokens):
            return
        if left.complete and _is_condition(right.tokens):
            # `y = x \\quad (x > 0)`, as if a comma stood there
            separator.type, separator.value = "COMMA", ","
            left.extend(right, keep=True)
            return
        if left.relation < 0 and right.complete:
            out.append(right)
            if _numbering(left.tokens):
                del out[-2]
        else:
            left.extend(right, keep=False)
    elif kind == "COLON":
        if left.relation < 0 and right.complete:
            out[-1] = right
        else:
            separator.type = "COMMA"
            left.extend(right, keep=True)
    elif kind == "STOP" and separator.value == "." and right.tokens[0].type in OPERAND_START:
        # `A . B`: a full stop typed for a product dot
        separator.type, separator.value = "OP", "cdot"
        left.extend(right, keep=True)
    elif kind == "STOP":
        raise Trouble(
            f"`{separator.value}` can't stand here", separator.start, separator.end, "take it out"
        )
    else:
        left.extend(right, keep=left.tokens[-1].type != "COMMA")


def _is_condition(tokens: list[Token]) -> bool:
    """A relation in brackets, and nothing else."""
    if len(tokens) < 5 or tokens[0].type != "OPEN" or tokens[-1].type != "CLOSE":
        return False
    inside = tokens[1:-1]
    return _top_relation(inside) > 0 and not any(t.type in _CLOSES for t in inside[:1])


def _numbering(tokens: list[Token]) -> bool:
    """`(1)`, `(a)`, `(\\text{by the chain rule})` at the end of a row."""
    return 2 < len(tokens) <= 4 and tokens[0].type == "OPEN" and tokens[-1].type == "CLOSE"


def _trim(tokens: list[Token]) -> list[Token]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].type in ("COMMA", "LINE", "QUAD", "STOP"):
        start += 1
    while end > start and tokens[end - 1].type in ("COMMA", "LINE", "QUAD", "STOP"):
        end -= 1
    return [t for t in tokens[start:end] if t.type not in ("LINE", "QUAD")]
