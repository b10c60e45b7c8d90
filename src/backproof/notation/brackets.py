"""First sweep of structure: which bracket closes which, which bar opens, which box falls away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from .symbols import CASES, MATRICES
from .tokens import OPERAND_END, Token, Trouble

MAX_DEPTH = 100

_TAKES_ARGUMENT = frozenset(["SUB", "SUP", "FRAC", "MARK", "SQRT"])
_ENDS_TERM = frozenset("REL ADD COMMA COLON AMP ROW LINE QUAD STOP STEP TEXT".split())
_PAIRS = {"RB": "LB", "CLOSE": "OPEN", "END": "BEGIN"}
_SIGN = {"LB": "{", "OPEN": "(", "BEGIN": r"\begin", "RB": "}", "CLOSE": ")", "END": r"\end"}


@dataclass(slots=True)
class _Frame:
    """A bracket that is still open."""

    start: int
    kind: str = ""
    bars: list[int] = field(default_factory=list[int])
    rows: bool = False
    relation: bool = False
    column: int = 0
    equations: bool = False  # a relation in the first column: rows of equations, not of cases
    over: int = -1
    nested: int = 0
    run: int = 0
    tables: list[int] = field(default_factory=list[int])


class Brackets:
    """The tokens of a formula, and what the first sweep found out about them."""

    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.partner: dict[int, int] = {}
        self.dropped: set[int] = set()
        self.frames = [_Frame(-1)]
        self.flat: set[int] = set()
        self.weight = 0
        self.loose: list[int] = []  # the depths of dropped braces that are still to be closed
        self.opened: dict[int, list[Token]] = {}  # what opens before a token: see `evaluation`

    def match(self) -> None:
        for i, token in enumerate(self.tokens):
            self.step(i, token)
        if len(self.frames) > 1:
            self.never_closed(self.tokens[self.frames[-1].start])
        self.bars(self.frames[0], len(self.tokens))
        if self.frames[0].over >= 0:
            token = self.tokens[self.frames[0].over]
            raise Trouble(
                r"`\over` needs braces around its fraction",
                token.start,
                token.end,
                r"use \frac{a}{b}",
            )

    def never_closed(self, opening: Token) -> NoReturn:
        raise Trouble(
            f"`{_spell(opening)}` is never closed",
            opening.start,
            opening.end,
            "close it or take it out",
            broken=True,
        )

    # first sweep: matching -----------------------------------------------------------------------
    def step(self, i: int, token: Token) -> None:
        kind = token.type
        frame = self.frames[-1]
        if kind in ("LB", "OPEN", "BEGIN"):
            if len(self.frames) > MAX_DEPTH or self.weight > MAX_DEPTH + 50:
                raise Trouble(
                    "the formula is nested too deeply", token.start, token.end, "name its parts"
                )
            self.frames.append(_Frame(i, kind))
        elif kind == "CLOSE" and token.value == "abs" and frame.kind != "OPEN" and not token.marks:
            token.type, token.value = "BAR", "|"  # `\bigg\rvert_{x=0}`
            frame.bars.append(i)
        elif kind in _PAIRS:
            self.close(i, token)
        elif kind == "BAR":
            frame.bars.append(i)
        elif kind in ("ROW", "AMP"):
            self.bars(frame, i)
            frame.rows = frame.rows or kind == "ROW"
            frame.column = 0 if kind == "ROW" else frame.column + 1
            self.rest(frame)
        elif kind in ("REL", "COMMA"):
            if kind == "REL":
                frame.relation = True
                frame.equations |= not frame.column or self.tokens[i - 1].type == "AMP"
            self.rest(frame)
        elif kind == "TEXT":
            frame.column += 1
        elif kind == "OVER":
            frame.over = i
        elif kind in ("BIG", "FRAC", "MARK", "SQRT", "ADD"):
            if kind == "ADD" and i and self.tokens[i - 1].type in OPERAND_END:
                self.rest(frame)
            if kind in ("BIG", "FRAC"):
                frame.nested += 1
            else:
                frame.run += 1
            self.weight += 1
            if self.weight > MAX_DEPTH + 50:
                raise Trouble(
                    "the formula is nested too deeply", token.start, token.end, "name its parts"
                )
        elif kind in ("SYMBOL", "NUMBER"):
            self.weight -= frame.run
            frame.run = 0

    def rest(self, frame: _Frame) -> None:
        self.weight -= frame.run + frame.nested
        frame.run = frame.nested = 0

    def close(self, i: int, token: Token) -> None:
        frame = self.frames[-1]
        start = frame.start
        if token.type == "RB" and self.loose and self.loose[-1] == len(self.frames):
            self.loose.pop()
            self.dropped.add(i)
            return
        if frame.kind != _PAIRS[token.type]:
            if self.crossed(i, token):
                return
            if frame.kind:
                opening = self.tokens[start]
                if token.type == "END":
                    self.never_closed(opening)
                raise Trouble(
                    f"`{_spell(opening)}` is closed by `{_spell(token)}`", token.start, token.end,
                    "close the brackets in the order they were opened", broken=True,
                )  # fmt: skip
            raise Trouble(
                f"`{_spell(token)}` closes nothing",
                token.start,
                token.end,
                "take it out or open it",
                broken=True,
            )
        opening = self.tokens[start]
        if token.type == "END" and opening.value != token.value:
            raise Trouble(
                f"`{_spell(opening)}` is closed by `{_spell(token)}`",
                token.start,
                token.end,
                f"write {_spell(token).replace(token.value, opening.value)}",
                broken=True,
            )
        if token.type == "CLOSE" and bool(opening.marks) != bool(token.marks):
            missing, there = (r"\right", r"\left") if opening.marks else (r"\left", r"\right")
            raise Trouble(
                f"`{there}` has no `{missing}`",
                token.start,
                token.end,
                f"add {missing}",
                broken=True,
            )
        self.bars(frame, i)
        self.frames.pop()
        self.rest(frame)
        self.partner[start] = i
        parent = self.frames[-1]
        self.weight -= parent.run
        parent.run = 0
        if token.type == "END":
            self.close_table(frame, i, parent)
        elif token.type == "RB":
            self.close_group(frame, i, parent)
        else:
            self.close_fence(frame, i, parent)

    def crossed(self, i: int, token: Token) -> bool:
        """Whether braces that only group end on the other side of a bracket: `{x ({y + z)} b}`. TeX
        sets them, and nobody sees them; they are dropped."""
        frame = self.frames[-1]
        if token.type != "CLOSE" or frame.kind != "LB" or self.frames[-2].kind != "OPEN":
            return False
        before = self.before(frame.start)
        if before is not None and before.type in {*_TAKES_ARGUMENT, "THROUGH", "RB"}:
            return False
        self.dropped.add(frame.start)
        self.frames.pop()
        self.frames[-1].bars += frame.bars
        self.close(i, token)
        self.loose.append(len(self.frames))
        return True

    def close_group(self, frame: _Frame, i: int, parent: _Frame) -> None:
        start = frame.start
        before = self.before(start)
        kept = before is not None and before.type in _TAKES_ARGUMENT
        boxed = before is not None and before.type == "THROUGH"
        if (
            frame.rows
            and not kept
            and not (boxed and before and before.written.startswith("\\substack"))
        ):
            self.dropped |= {start, i}
            parent.rows = True
            parent.relation = parent.relation or frame.relation
            parent.tables += frame.tables
        elif boxed and frame.relation:
            self.dropped |= {start, i}
            parent.relation = True
        if frame.over >= 0:
            self.flat.add(frame.over)
            self.partner[frame.over] = start

    def close_table(self, frame: _Frame, i: int, parent: _Frame) -> None:
        start = frame.start
        name = self.tokens[start].value
        if name in CASES:
            before = self.before(start)
            if (
                frame.equations
                and frame.rows
                and (before is None or before.type in ("LINE", "ROW", "AMP", "LB"))
            ):
                self.flatten(frame, i, parent)
            return
        if name in MATRICES:
            at = self.solid(start - 1, -1)
            fenced = at >= 0 and self.tokens[at].type == "OPEN" and parent.start == at
            if not fenced and frame.relation and name in ("array", "matrix"):
                self.flatten(frame, i, parent)
            else:
                parent.tables.append(start)
                parent.relation = parent.relation or (fenced and frame.relation)
            return
        self.flatten(frame, i, parent)

    def flatten(self, frame: _Frame, i: int, parent: _Frame) -> None:
        self.dropped |= {frame.start, i}
        parent.rows = parent.rows or frame.rows
        parent.relation = parent.relation or frame.relation
        parent.tables += frame.tables

    def close_fence(self, frame: _Frame, i: int, parent: _Frame) -> None:
        start = frame.start
        opening, closing = self.tokens[start], self.tokens[i]
        kinds = opening.value, closing.value
        if "none" not in kinds and "brace" not in kinds:
            return
        inner = frame.tables[0] if frame.tables else -1
        whole = inner >= 0 and self.partner[inner] == self.solid(i - 1, -1)
        whole = whole and inner == self.solid(start + 1, 1)
        if not (frame.rows or whole):
            if kinds == ("none", "none"):
                self.dropped |= {start, i}
            return
        at = self.solid(start - 1, -1)
        before = self.tokens[at] if at >= 0 else None
        defines = before is not None and before.type in ("REL", "AMP") and parent.relation
        if kinds == ("brace", "none") and defines:
            if whole:
                self.dropped |= {start, i}
                for j in (inner, self.partner[inner]):
                    self.tokens[j].value = "cases"
            else:
                opening.type, closing.type = "BEGIN", "END"
                opening.value = closing.value = "cases"
        elif "none" in kinds:
            self.dropped |= {start, i}
            if whole:
                self.dropped |= {inner, self.partner[inner]}
            parent.rows = True
            parent.relation = True

    def before(self, i: int) -> Token | None:
        return self.tokens[i - 1] if i else None

    def solid(self, i: int, step: int) -> int:
        """The next token from `i` that is not the end of a line."""
        while 0 <= i < len(self.tokens) and self.tokens[i].type == "LINE":
            i += step
        return i

    def double(self, frame: _Frame) -> None:
        """Make `||` one bar, unless it closes one and opens the next: `|a||b|`."""
        bars = {i for i in frame.bars if self.tokens[i].value == "|"}
        pairs: list[int] = []
        for i in frame.bars:
            near = i in bars and i + 1 in bars and self.tokens[i].end == self.tokens[i + 1].start
            if near and (not pairs or pairs[-1] != i - 1):
                pairs.append(i)
        if len(pairs) % 2 and len(bars) > 2 * len(pairs):
            return
        for i in pairs:
            self.tokens[i].value, self.tokens[i].end = "‖", self.tokens[i + 1].end
            self.tokens[i].written = "||"
            self.dropped.add(i + 1)
        gone = {i + 1 for i in pairs}
        frame.bars = [i for i in frame.bars if i not in gone]

    def bars(self, frame: _Frame, end: int) -> None:
        """Tell the bars of one bracket level apart: opening, closing, or a separator."""
        self.double(frame)
        for shape in ("|", "‖"):
            mine = [i for i in frame.bars if self.tokens[i].value == shape]
            opened: list[int] = []
            for k, i in enumerate(mine):
                token = self.tokens[i]
                before = self.tokens[i - 1] if i > frame.start + 1 else None
                behind = before is not None and (before.type in OPERAND_END or before.type == "BAR")
                left = len(mine) - k - 1
                if not opened and behind and shape == "|" and self.evaluates(frame, i):
                    continue
                if opened and behind:
                    j = opened.pop()
                    self.tokens[j].type, token.type = "OPEN", "CLOSE"
                    self.tokens[j].value = token.value = "abs" if shape == "|" else "norm"
                elif not behind or left % 2 == 1:
                    opened.append(i)
                    token.type = "OPEN?"
                else:
                    token.type = "COMMA"
            for i in opened:
                self.tokens[i].type = "COMMA"
        frame.bars.clear()

    def evaluates(self, frame: _Frame, i: int) -> bool:
        """Whether a lone bar with a subscript says where its term is evaluated: `f'(x) |_{x=0}`.
        The term gets the brackets that `\\left.` and `\\right|` would give it."""
        if i + 1 >= len(self.tokens) or self.tokens[i + 1].type != "SUB":
            return False
        j, depth = i, 0
        while j - 1 > frame.start:
            kind = self.tokens[j - 1].type
            depth += kind in _PAIRS
            depth -= kind in _PAIRS.values()
            if not depth and kind in _ENDS_TERM:
                break
            j -= 1
        token = self.tokens[i]
        token.type, token.value = "CLOSE", "abs"
        at = self.tokens[j].start
        self.opened.setdefault(j, []).append(Token("OPEN", "none", at, at))
        return True


def _spell(token: Token) -> str:
    if token.type in ("LB", "RB"):
        return _SIGN[token.type]
    if token.type in ("BEGIN", "END"):
        return rf"{_SIGN[token.type]}{{{token.value}}}"
    return token.written
