r"""Formula text -> tokens, for LaTeX, for plain text, and for the mixture people type.

Four styles share one token alphabet. In `latex`, letters stand for themselves and `Wx` is two of
them; in `ascii`, `dZ1` is one word and `~` a relation; in `typed`, which is `ascii` otherwise,
`h1W2` is two names; `mixed` is LaTeX in a plain text file, where a word with digits (`dZ1`) stays
whole. No recursion: a formula of any depth is lexed in one sweep.
"""

from __future__ import annotations

import re
from typing import Literal

from .faces import word_in_face
from .patterns import ASCII, BRACES, ESCAPED, LATEX, SHAPES, SIGNS, WIDE
from .symbols import (
    ACCENTS,
    CHARACTERS,
    COMMANDS,
    ENVIRONMENTS,
    LOWERED,
    RAISED,
    REFUSED,
    TAKES_COLUMNS,
    first_name,
    styled,
)  # fmt: skip
from .tokens import OPERAND_END, Token, Trouble

Style = Literal["latex", "ascii", "mixed", "typed"]


_CJK = re.compile(
    r"[\u1100-\u11ff\u3005-\u300f\u3040-\u30fa\u30fc-\u318f\u3400-\u9fff\uac00-\ud7a3“”‘’]+"
)
_JOINED = re.compile(r"(?:[A-Za-z]\d+){2,}")
_STEP = re.compile(r"(\^\{\s*)<([^<>{}\n]{1,20})>(\s*\})")
#: What stands below a sum, and below no letter: where it starts.
_RUNS = re.compile(r"\s*(?:\\limits)?\s*_\s*\{\s*\\?\w+\s*=")
#: Full-width letters, digits and signs, one for one.
_NARROW = {0xFEE0 + code: code for code in range(0x21, 0x7F) if chr(code) not in "\\{}$%#~"}
_MODULES = frozenset("np numpy torch tf".split())


class Lexer:
    """One sweep over one formula."""

    def __init__(self, text: str, style: Style) -> None:
        self.text = text.translate(_NARROW)
        if style != "ascii":
            # `x^{<t>}`: the brackets of a step in time, not relations
            self.text = _STEP.sub(r"\1⟨\2⟩\3", self.text)
        self.joined = style == "typed"
        self.style: Style = "ascii" if style == "typed" else style
        self.tokens: list[Token] = []
        self.closers: dict[int, int] | None = None  # where each brace closes, once asked for

    def run(self) -> list[Token]:
        """All tokens; raises Trouble for what can't stand in a formula."""
        pattern = ASCII if self.style == "ascii" else LATEX
        text, position, end = self.text, 0, len(self.text)
        match = pattern.match
        while position < end:
            m = match(text, position)
            assert m is not None
            kind = m.lastgroup
            position = m.end()
            if kind == "space":
                # in a file without markup a blank line or a line break changes nothing here
                if "\n" in m[0] and self.tokens:
                    self.add("LINE", "", m.start(), m.end())
                continue
            handler = getattr(self, f"_{kind}")
            position = handler(m) or position
        return self.tokens

    def add(
        self,
        type: str,
        value: str,
        start: int,
        end: int,
        written: str = "",
        *,
        marks: tuple[str, ...] = (),
    ) -> None:
        if (
            type == "OP"
            and value == "*"
            and self.before() == "SUP"
            and self.tokens[-1].value != "**"
        ):
            at = self.tokens.pop().start
            type, value, start = "SUPER", "star", at
        self.tokens.append(Token(type, value, start, end, written, marks=marks))

    def before(self, back: int = 1) -> str:
        return self.tokens[-back].type if len(self.tokens) >= back else ""

    # scripts -------------------------------------------------------------------------------------
    def _layer(self, m: re.Match[str]) -> None:
        kind = "paren" if m["paren"] else "square"
        self.add("SUPER", kind, m.start(), m.end(), m[kind])

    def _turned(self, m: re.Match[str]) -> None:
        if "prime" in m[0]:
            self.add("PRIME", "1", m.start(), m.end())
        else:
            self.add("SUPER", "transpose", m.start(), m.end())

    def _raised(self, m: re.Match[str]) -> None:
        self._shifted(m, "SUP", RAISED)

    def _lowered(self, m: re.Match[str]) -> None:
        self._shifted(m, "SUB", LOWERED)

    def _shifted(self, m: re.Match[str], kind: str, table: dict[str, str]) -> None:
        if m[0] == "ᵀ":
            self.add("SUPER", "transpose", m.start(), m.end())
            return
        self.add(kind, "", m.start(), m.start())
        self.add("LB", "", m.start(), m.start())
        at = m.start()
        inner = Lexer("".join(table[c] for c in m[0]), "latex").run()
        for token in inner:
            token.start += at
            token.end += at
        self.tokens += inner
        self.add("RB", "", m.end(), m.end())

    def _suchthat(self, m: re.Match[str]) -> None:
        self.add("TEXT", "such that", m.start(), m.end())

    def _attribute(self, m: re.Match[str]) -> int | None:
        if self.before() in OPERAND_END:
            self.add("SUPER", "transpose", m.start(), m.end())
            return None
        self.add("STOP", ".", m.start(), m.start() + 1)
        return m.start() + 1

    def _method(self, m: re.Match[str]) -> None:
        # `(x - y).mean()`: a product for the grammar; lowering hands the factor on
        dotted = self.before() in ("CLOSE", "SUPER", "SYMBOL", "NUMBER", "RB")
        self.add("OP" if dotted else "STOP", "cdot" if dotted else ".", m.start(), m.end(), ".")

    def _power(self, m: re.Match[str]) -> None:
        self.add("SUP", "**", m.start(), m.end())

    # numbers and words ---------------------------------------------------------------------------
    def _number(self, m: re.Match[str]) -> None:
        text, start = m[0], m.start()
        if self.style != "ascii":
            # TeX takes one character as an argument: `x^10` is x to the 1, times 0
            single = 1 if self.before() in ("SUB", "SUP", "SQRT", "MARK") else 0
            single = 2 if self.before() == "FRAC" else single
            while single and len(text) > 1:
                self.add("NUMBER", text[0], start, start + 1)
                text, start, single = text[1:], start + 1, single - 1
        self.add("NUMBER", text.replace("{,}", ""), start, m.end(), text)

    def _letters(self, m: re.Match[str]) -> int | None:
        word, start = m[0], m.start()
        if self.style == "ascii":
            base = word.rpartition(".")[2]
            if base == "in" and self.tokens and self.before() not in ("SUB", "SUP"):
                self.add("REL", "in", start, m.end(), word)
            elif self.joined and _JOINED.fullmatch(word):
                for part in re.finditer(r"[A-Za-z]\d+", word):
                    self.symbol(part[0], start + part.start(), start + part.end())
            else:
                self.symbol(base, start, m.end(), word)
            return None
        if self.style == "mixed":
            digits = re.compile(r"[0-9]+(?!\.?[0-9])").match(self.text, m.end())
            if digits and self.before() not in ("SUB", "SUP"):
                self.symbol(word + digits[0], start, digits.end())
                return digits.end()
        _, dot, rest = word.rpartition(".")
        if dot:
            self.symbol(rest, start, m.end(), word)
            return None
        while rest:
            take = first_name(rest)
            self.symbol(rest[:take], start, start + take)
            rest, start = rest[take:], start + take
        return None

    def _bare(self, m: re.Match[str]) -> None:
        """`sig()`: the name of a function."""
        self.symbol(m[0][:-2], m.start(), m.end())

    def symbol(
        self, base: str, start: int, end: int, written: str = "", marks: tuple[str, ...] = ()
    ) -> None:
        kind = "SYMBOL"
        if self.before() == "STOP" and len(self.tokens) > 1 and self.tokens[-2].value in _MODULES:
            del self.tokens[-2:]  # `\text{np}.\text{sum}`: the module goes, as from `np.sum`
        if base in ("sum", "prod", "Σ", "Π") and self.text[end : end + 1] in ("_", "^"):
            kind = "BIG"
        self.add(kind, base, start, end, written, marks=marks)

    def _greek(self, m: re.Match[str]) -> None:
        self.symbol(CHARACTERS[m[0][0]][1] + m[0][1:], m.start(), m.end(), m[0])

    def _font(self, m: re.Match[str]) -> int | None:
        return word_in_face(self, m)

    def name(
        self, base: str, start: int, end: int, written: str, marks: tuple[str, ...] = ()
    ) -> None:
        """A word in a typeface; a lone letter, or a bold word, keeps it as a mark."""
        if base == "T" and self.before() == "SUP":
            self.tokens.pop()
            self.add("SUPER", "transpose", start, end)
        else:
            keep = marks if len(base) == 1 or marks == ("bold",) else ()
            self.symbol(base, start, end, written, keep)

    def braces(self, opening: int) -> int:
        """The offset behind the brace that closes the one at `opening`."""
        if self.closers is None:
            self.closers = {}
            stack: list[int] = []
            for m in BRACES.finditer(self.text):
                if m[0] == "{":
                    stack.append(m.start())
                elif m[0] == "}" and stack:
                    self.closers[stack.pop()] = m.end()
        if opening in self.closers:
            return self.closers[opening]
        raise Trouble("`{` is never closed", opening, opening + 1, "add the missing `}`", True)

    # commands ------------------------------------------------------------------------------------
    def _fence(self, m: re.Match[str]) -> int | None:
        side, shape = m["side"], m["shape"]
        kind = SHAPES.get(shape)
        sized = side not in ("left", "right", "middle")
        if kind is None or kind in ("none", "slash"):
            if sized or (side == "middle" and kind == "slash"):
                return m.start("shape")
            if kind is None:
                raise Trouble(
                    f"`{m[0]}` needs a bracket after `\\{side}`", m.start(), m.end(), "add it", True
                )
        if side in ("left", "right"):
            self.add(
                "OPEN" if side == "left" else "CLOSE", kind, m.start(), m.end(), m[0], marks=(side,)
            )
        elif side == "middle":
            self.add("COMMA", "|", m.start(), m.end())
        elif side.endswith("l") or shape in ("(", "[", "\\{"):
            self.add("OPEN", kind, m.start(), m.end(), m[0])
        elif side.endswith("r") or shape in (")", "]", "\\}"):
            self.add("CLOSE", kind, m.start(), m.end(), m[0])
        else:
            return m.start("shape")
        return None

    def _overlay(self, m: re.Match[str]) -> None:
        self.add("THROUGH", "", m.start(), m.end(), m[0].partition("<")[0].strip())

    def _argmax(self, m: re.Match[str]) -> None:
        self.add("SYMBOL", "arg" + m["extreme"], m.start(), m.end(), m[0])

    def _env(self, m: re.Match[str]) -> int | None:
        name = m["name"]
        kind = ENVIRONMENTS.get(name, "")
        if not kind:
            raise Trouble(
                f"the environment `{name}` is not known",
                m.start(),
                m.end(),
                "use align, cases or bmatrix",
            )
        self.add(m["edge"].upper(), name, m.start(), m.end(), kind)
        if m["edge"] == "begin":
            wide = name == "empheq"
            option = re.compile(rf"\s*\[[^\]\n]{{0,{999 if wide else 9}}}\]").match(
                self.text, m.end()
            )
            end = option.end() if option and name != "split" else m.end()
            if name in TAKES_COLUMNS and self.text[end : end + 1] == "{":
                end = self.braces(end)
            return end
        return None

    def _command(self, m: re.Match[str]) -> int | None:
        word, start, end = m["word"], m.start(), m.end()
        found = COMMANDS.get(word)
        if m[0].endswith("*") and word not in ("tag", "hspace", "operatorname"):
            end -= 1  # the star is a product, as in `\alpha*x`
        if found is None:
            if word in REFUSED:
                raise Trouble(
                    f"{REFUSED[word]} (`\\{word}`) can't be read",
                    start,
                    end,
                    "write the formula without it",
                )
            raise Trouble(
                f"the command `\\{word}` is not known",
                start,
                end,
                f"define it with \\newcommand{{\\{word}}}{{...}}",
            )
        kind, value = found
        if kind == "DROP":
            after = re.compile(r"\s*(?:\[[^\]\n]*\]\s*)?(\{)?").match(self.text, end)
            end = self.braces(after.end() - 1) if after and after[1] else end
            if WIDE.fullmatch(self.text, start, end):
                self.add("QUAD", "", start, end)
            return end
        if kind == "SKIP":
            return end
        if word == "Sigma" and _RUNS.match(self.text, end):
            kind, value = "BIG", "sum"  # `\Sigma_{i=1}^n`
        if value == "reals":
            self.symbol("R", start, end, f"\\{word}", ("bb",))
        elif kind in ("SYMBOL", "BIG"):
            self.symbol(value, start, end, f"\\{word}")
            if kind == "BIG":
                self.tokens[-1].type = "BIG"
        else:
            self.add(kind, value, start, end, m[0][: end - start])
        return end

    def _escape(self, m: re.Match[str]) -> None:
        what = m["what"]
        kind, value = ESCAPED.get(what, ("", ""))
        if kind == "SKIP":
            return
        if not kind:
            raise Trouble(f"`\\{what}` is not known", m.start(), m.end(), "leave it out")
        self.add(kind, value, m.start(), m.end(), m[0])

    def _row(self, m: re.Match[str]) -> None:
        self.add("ROW", "", m.start(), m.end())

    def _entity(self, m: re.Match[str]) -> None:
        kind, value = {"&amp;": ("AMP", ""), "&lt;": ("REL", "<"), "&gt;": ("REL", ">")}[m[0]]
        self.add(kind, value, m.start(), m.end())

    def _ascii(self, m: re.Match[str]) -> None:
        sign = m[0].replace(" ", "")
        if sign[0] == "'":
            self.add("PRIME", str(len(sign)), m.start(), m.end())
        elif sign in SIGNS:
            self.add(*SIGNS[sign], m.start(), m.end())
        else:
            self.add("ELL", sign, m.start(), m.end())

    def _other(self, m: re.Match[str]) -> int | None:
        character, start = m[0], m.start()
        if character in ("{", "}") and self.style == "ascii":
            self.add("LB" if character == "{" else "RB", "", start, m.end())
            return None
        found = CHARACTERS.get(character)
        if character in "ΣΠ" and self.text[m.end() : m.end() + 1] in LOWERED:
            found = ("BIG", "sum" if character == "Σ" else "prod")
        if found:
            empty = self.style == "ascii" and self.before() == "OPEN" and self.before(2) == "SYMBOL"
            if found == ("CLOSE", "paren") and empty and self.tokens[-1].value == "paren":
                # `.mean()` is `.mean(axis=None)`
                for kind, value in (("SYMBOL", "axis"), ("REL", "="), ("SYMBOL", "None")):
                    self.add(kind, value, start, start, value)
            if found[0] == "ADD" and self.style != "ascii" and self.before() in ("SUB", "SUP"):
                found = ("SYMBOL", "plus" if found[1] == "+" else "minus")
            self.add(*found, start, m.end(), character)
            return None
        if character in ACCENTS and self.before() == "SYMBOL":
            self.tokens[-1].accented(ACCENTS[character], character)
            return None
        plain = styled(character)
        if plain:
            self.add("SYMBOL", plain[0], start, m.end(), character, marks=plain[1])
            return None
        prose = _CJK.match(self.text, start)
        if prose and self.text[prose.end() : prose.end() + 1] == "_":
            self.symbol(prose[0], start, prose.end())  # a word with an index is a quantity
            return prose.end()
        if prose:
            self.add("TEXT", prose[0], start, prose.end(), prose[0])
            return prose.end()
        if character in "\u200b\u200c\u200d\u2060\u2061\u2062\ufeff\xad\ufe0f":
            return None
        if ord(character) < 32:
            character = repr(character)[1:-1]
        raise Trouble(
            f"`{character}` can't stand in a formula",
            start,
            m.end(),
            "leave it out or put it in \\text{}",
        )


def lex(text: str, style: Style = "latex") -> list[Token]:
    """The tokens of a formula; raises Trouble."""
    return Lexer(text, style).run()
