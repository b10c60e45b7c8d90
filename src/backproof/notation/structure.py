r"""Tokens -> tokens: brackets matched, bars decided, boxes opened, environments settled.

What TeX leaves to the eye is decided here, so that the grammar stays small: which `|` opens and
which closes, whether an `array` is a matrix, a set of cases or only rows, what `\over` divides.
One sweep with a stack (brackets.py), then one rewriting sweep; no recursion.
"""

from __future__ import annotations

from .brackets import Brackets
from .leading import led
from .symbols import RANGING
from .tokens import OPERAND_END, OPERAND_START, Token, Trouble


def settle(tokens: list[Token], text: str) -> list[Token]:
    """The tokens of one formula with every question of bracketing answered; raises Trouble."""
    brackets = _Settler(led([t for t in tokens if t.type != "SKIP"]), text)
    brackets.match()
    return brackets.rewrite()


class _Settler(Brackets):
    """The second sweep."""

    def rewrite(self) -> list[Token]:
        tokens, out = self.tokens, list[Token]()
        before: dict[int, list[Token]] = {}
        for over in self.flat:
            self.divide(over, before)
        work: list[tuple[int, int, Token | None]] = [(0, len(tokens), None)]
        while work:
            i, end, lead = work.pop()
            if lead:
                out.append(lead)
            while i < end:
                token = tokens[i]
                if i in before:
                    out += before[i]
                out += self.opened.get(i, ())
                if i in self.dropped:
                    i += 1
                elif token.type == "THROUGH":
                    i = self.through(i)
                elif token.type == "OVERSET":
                    i = self.overset(i, end, work)
                    if i < 0:
                        break
                elif token.type == "SQRT" and i + 1 < end and tokens[i + 1].value == "square":
                    self.degree(i)
                    out.append(token)
                    i += 1
                elif (token.type == "LB" and (skip := self.lone(i, out))) or (
                    token.type == "OP" and token.value == "/" and (skip := self.glued(i, end, out))
                ):
                    i = skip
                elif token.type == "OP" and out and out[-1].type in ("SUP", "SUB"):
                    if token.value == "*" and out[-1].type == "SUP":
                        out[-1] = Token("SUPER", "star", out[-1].start, token.end)
                    else:
                        out.append(
                            Token("SYMBOL", token.value, token.start, token.end, token.written)
                        )
                    i += 1
                elif token.type == "OVER":
                    out += [_like(token, "RB"), _like(token, "LB")]
                    i += 1
                else:
                    if token.type == "MARK":
                        self.spell(i, token)
                    if (
                        token.type == "SYMBOL"
                        and token.value in RANGING
                        and i + 1 < end
                        and tokens[i + 1].type == "SUB"
                    ):
                        token.type = "BIG"
                    out.append(token)
                    i += 1
        return _clean(out)

    def spell(self, i: int, token: Token) -> None:
        """Keep how the author wrote the letter together with its decoration."""
        last = i + 1
        while last < len(self.tokens) - 1 and self.tokens[last].type == "MARK":
            last += 1
        if last < len(self.tokens):
            token.written = self.text[token.start : self.tokens[self.partner.get(last, last)].end]

    def divide(self, over: int, before: dict[int, list[Token]]) -> None:
        start = self.partner[over]
        end = self.partner[start]
        token = self.tokens[over]
        before.setdefault(start + 1, []).extend([_like(token, "FRAC"), _like(token, "LB")])
        before.setdefault(end, []).insert(0, _like(token, "RB"))

    def through(self, i: int) -> int:
        r"""Behind a `\boxed`, and past the label of an `\underbrace`."""
        tokens = self.tokens
        name = tokens[i].written
        start = i + 1
        if start not in self.partner or tokens[start].type != "LB":
            return start
        end = self.partner[start]
        if name == "\\only" and end + 1 < len(tokens) and tokens[end + 1].written == name:
            # what the next slide puts in its place
            self.dropped |= set(range(start, end + 1))
        if name == "\\substack":
            for j in range(start, end):
                if tokens[j].type == "ROW":
                    tokens[j].type, tokens[j].value = "COMMA", ","
        if "under" in name or "over" in name:
            j = end + 1
            if j + 1 < len(tokens) and tokens[j].type in ("SUB", "SUP"):
                last = self.partner.get(j + 1, j + 1)
                self.dropped |= set(range(j, last + 1))
        return start

    def argument(self, i: int, end: int, command: Token) -> int:
        """The index behind the argument that starts at i."""
        if i >= end:
            raise Trouble(
                f"`{command.written}` needs two arguments",
                command.start,
                command.end,
                "add the braces",
                broken=True,
            )
        return self.partner.get(i, i) + 1

    def overset(self, i: int, end: int, work: list[tuple[int, int, Token | None]]) -> int:
        token = self.tokens[i]
        middle = self.argument(i + 1, end, token)
        if token.value.startswith("x"):
            token.type, token.value = "REL", "to" if token.value == "xrightarrow" else "<-"
            self.dropped |= set(range(i + 1, middle))
            return i
        last = self.argument(middle, end, token)
        under, base = (i + 1, middle), (middle, last)
        if token.value == "underset" and self.extreme(*under) and not self.extreme(*base):
            under, base = base, under  # `\underset{\min}{w, b}`: the wrong way round
        body = self.inside(*base)
        wide = base[1] - base[0] > 1
        bare = (base[0] + wide, base[1] - wide, None)
        work.append((last, end, None))
        if token.value == "underset" and not (len(body) == 1 and body[0].type == "REL"):
            if len(body) == 1 and body[0].value in RANGING:
                body[0].type = "BIG"
                work.append((*under, _like(token, "SUB")))
                work.append(bare)
                return -1
            raise Trouble(
                r"`\underset` can't be read here", token.start, token.end, r"write a subscript"
            )
        if len(body) != 1 or body[0].type != "REL":
            raise Trouble(
                rf"`{token.written}` can't be read here",
                token.start,
                token.end,
                "write a superscript",
            )
        work.append(bare)
        return -1

    def inside(self, start: int, end: int) -> list[Token]:
        return [t for t in self.tokens[start:end] if t.type not in ("LB", "RB")]

    def extreme(self, start: int, end: int) -> bool:
        """Whether `\\min` or its like stands here, and nothing else."""
        body = self.inside(start, end)
        return len(body) == 1 and body[0].value in RANGING

    def degree(self, i: int) -> None:
        r"""`\sqrt[3]{x}`: the square brackets become braces."""
        end = self.partner.get(i + 1)
        if end is not None and self.tokens[i].written.startswith("\\"):
            self.tokens[i].type = "ROOT"
            self.tokens[i + 1].type, self.tokens[end].type = "LB", "RB"

    def lone(self, i: int, out: list[Token]) -> int:
        """A brace around one sign: `{=}`, `^{*}`, `_{+}`, `{\\cdot}`."""
        end = self.partner[i]
        if end != i + 2:
            return 0
        token = self.tokens[i + 1]
        script = bool(out) and out[-1].type in ("SUB", "SUP")
        if token.type == "OP" and script and out[-1].type == "SUP" and token.value == "*":
            out[-1] = Token("SUPER", "star", out[-1].start, token.end)
        elif token.type in ("OP", "ADD", "REL", "COLON") and script:
            out.append(
                Token(
                    "SYMBOL",
                    _NAMES.get(token.value, token.value),
                    token.start,
                    token.end,
                    token.written,
                )
            )
        elif token.type in ("OP", "REL", "ADD", "COMMA"):
            out.append(token)
        elif token.type == "PRIME" and script and out[-1].type == "SUP":
            out[-1] = token
        else:
            return 0
        return end + 1

    def glued(self, i: int, end: int, out: list[Token]) -> int:
        """After `/`, a number glued to a letter is one denominator: `1/2m`."""
        tokens = self.tokens
        if i + 2 >= end or tokens[i + 1].type != "NUMBER" or tokens[i + 2].type != "SYMBOL":
            return 0
        if tokens[i + 1].end != tokens[i + 2].start or i + 1 in self.dropped:
            return 0
        out += [tokens[i], _like(tokens[i], "LB"), tokens[i + 1], tokens[i + 2]]
        j = i + 3
        while j < end and tokens[j].type in ("SUPER", "PRIME", "SUB", "SUP"):
            last = j
            if tokens[j].type in ("SUB", "SUP") and j + 1 < end:
                last = self.partner.get(j + 1, j + 1)
            out += tokens[j : last + 1]
            j = last + 1
        out.append(Token("RB", "", tokens[j - 1].end, tokens[j - 1].end))
        return j


_NAMES = {"+": "plus", "-": "minus", ":": "colon", "=": "equals", "*": "star"}


def _like(token: Token, kind: str) -> Token:
    return Token(kind, "", token.start, token.end)


def _follows(out: list[Token], token: Token) -> bool:
    """Whether `!` is glued to what stands before it."""
    return bool(out) and out[-1].type in OPERAND_END and out[-1].end == token.start


def _clean(tokens: list[Token]) -> list[Token]:
    """Inside brackets, line ends and wide spaces mean nothing, and a colon is a separator."""
    out: list[Token] = []
    tables: list[bool] = []
    for i, token in enumerate(tokens):
        kind = token.type
        if kind in ("LB", "OPEN", "BEGIN"):
            tables.append(kind == "BEGIN")
        elif kind in ("RB", "CLOSE", "END"):
            if tables:
                tables.pop()
        elif (tables and kind in ("LINE", "QUAD")) or (
            tables and kind in ("ROW", "AMP") and not tables[-1]
        ):
            continue
        elif tables and kind == "STEP":
            token.type, token.value = "REL", "to"
        elif kind == "COLON" and out and out[-1].value == "=" and out[-1].end == token.start:
            out[-1].value = "=:"
            continue
        elif tables and kind == "COLON":
            behind = bool(out) and out[-1].type in OPERAND_END
            then = i + 1 < len(tokens) and tokens[i + 1].type not in ("RB", "CLOSE", "COMMA", "REL")
            if tokens[i + 1].type == "REL" and tokens[i + 1].value == "=":
                continue
            token.type = "COMMA" if behind and then else "SYMBOL"
            token.value = ":" if token.type == "COMMA" else "colon"
        elif (
            kind == "COLON"
            and i + 1 < len(tokens)
            and tokens[i + 1].type == "REL"
            and tokens[i + 1].value == "="
        ):
            tokens[i + 1].value = ":="
            continue
        elif kind == "STOP" and token.value == "!" and _follows(out, token):
            token.type, token.value = "SUPER", "factorial"
        elif tables and kind == "STOP":
            then = tokens[i + 1].type if i + 1 < len(tokens) else ""
            if then in ("RB", "CLOSE", "END", "AMP", "ROW"):
                continue
            if token.value == "." and out[-1].type in OPERAND_END and then in OPERAND_START:
                token.type, token.value = "OP", "cdot"
                out.append(token)
                continue
            raise Trouble(
                f"`{token.value}` can't stand here", token.start, token.end, "take it out"
            )
        out.append(token)
    return out
