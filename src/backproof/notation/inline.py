r"""Formulas inside sentences: from LaTeX, our own or an author's, to one line of Unicode.

>>> unicode_line(r"\log\sigma(z) = -\log(1 + e^{-z})")
'log σ(z) = −log(1 + e^(−z))'
>>> unicode_line(r"\sum_s \delta_{js} b_{ks}"), unicode_line(r"B^\top"), unicode_line(r"x / \|x\|")
('Σₛ δⱼₛ bₖₛ', 'Bᵀ', 'x / ‖x‖')
>>> unicode_line(r"\frac{\partial L}{\partial W} &= \frac{1}{m} \left( \hat{y} - y \right) x^T")
'∂L/∂W = (1/m) (ŷ − y) xᵀ'
>>> unicode_line(r"A = \begin{bmatrix} a_{11} & 0 \\ 0 & \dfrac{n+1}{2} \end{bmatrix}")
'A = [a₁₁, 0; 0, (n+1)/2]'
"""

from __future__ import annotations

import re

from .names import lowered, raised, unicode

_TOKEN = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_OWN = {
    **dict.fromkeys((r"\,", r"\;", r"\:", r"\ ", r"\quad", r"\qquad", "~"), " "),
    **dict.fromkeys((r"\dots", r"\ldots", r"\cdots", r"\vdots", r"\ddots"), "…"),
    **dict.fromkeys((r"\|", r"\Vert", r"\lVert", r"\rVert"), "‖"),
    **dict.fromkeys((r"\vert", r"\lvert", r"\rvert"), "|"),
    **dict.fromkeys((r"\le", r"\leq"), "≤"),
    **dict.fromkeys((r"\ge", r"\geq"), "≥"),
    **dict.fromkeys((r"\ne", r"\neq"), "≠"),
    r"\{": "{", r"\}": "}", r"\langle": "⟨", r"\rangle": "⟩", r"\mid": " | ", r"\colon": ":",
    r"\sum": "Σ", r"\prod": "Π", r"\int": "∫", r"\top": "T", r"\intercal": "T",
    r"\in": "∈", r"\approx": "≈", r"\equiv": "≡", r"\to": "→", r"\propto": "∝", "-": "−", "'": "′",
}  # fmt: skip
_BRACKETS = {
    "bmatrix": ("[", "]"),
    "pmatrix": ("(", ")"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
}


def _commands(names: str) -> frozenset[str]:
    return frozenset(f"\\{name}" for name in names.split())


_FRACTIONS = _commands("frac dfrac tfrac cfrac")
_SET_AS_TEXT = _commands("text textrm textit textbf mbox mathrm operatorname operatorname*")
_FONTS = _commands(
    "mathbf bold boldsymbol bm mathit mathsf mathtt mathbb mathcal mathscr mathfrak vec "
    "overrightarrow hat widehat bar overline tilde widetilde dot ddot check breve"
)
_LABELLED = _commands("underbrace overbrace")
_SILENT = _commands(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr limits ! "
    "displaystyle textstyle scriptstyle nonumber notag boxed cancel underline"
)
_DROPPED = _commands("tag tag* label")  # together with their arguments


def unicode_line(latex: str) -> str:
    """The formula as it stands in a line of text."""
    return _read(_TOKEN.findall(latex.strip())).strip()


def _read(tokens: list[str]) -> str:
    line = _Line(tokens)
    while line.at < len(tokens):
        line.step()
    return re.sub(r"(?<=[(\[]) +| +(?=[)\]])|(?<= ) +", "", line.out)


class _Line:
    """What has been read of some tokens, and what it has become."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.out = ""
        self.matrices = 0

    def step(self) -> None:
        token = self.tokens[self.at].strip() or " "
        self.at += 1
        if token in ("_", "^"):
            script = _read(self.argument()).strip()
            self.out += lowered(script) if token == "_" else raised(script)
        elif token == "{":
            self.at -= 1
            self.out += _read(self.argument())
        elif token in _SET_AS_TEXT:
            inner = self.argument()
            word = _read(inner) if any(t[0] in "\\_^" for t in inner) else "".join(inner)
            self.function(word)
        elif token in _FONTS:
            self.out += unicode(f"{token}{{{''.join(self.argument())}}}")
        elif token in _FRACTIONS:
            above, below = _read(self.argument()).strip(), _read(self.argument()).strip()
            self.fraction(above, below)
        elif token == r"\sqrt":
            body = _read(self.argument()).strip()
            self.out += f"√{body}" if re.fullmatch(r"\w+|\([^()]*\)", body) else f"√({body})"
        elif token in _LABELLED:
            self.out += _read(self.argument())
            if self.next() in ("_", "^"):
                self.at += 1
                self.argument()
        elif token in _DROPPED:
            self.argument()
        elif token in _SILENT:
            if token in (r"\left", r"\right") and self.next() == ".":
                self.at += 1
        elif token.startswith((r"\begin", r"\end")) and token.endswith("}"):
            self.environment(token)
        elif token == "&":
            self.out = self.out.rstrip() + (", " if self.matrices else " ")
        elif token == r"\\":
            self.out = self.out.rstrip() + ("; " if self.more() else "")
        elif token in _OWN:
            self.out += _OWN[token]
        elif token.startswith("\\"):
            self.function(unicode(token))
        else:
            self.out += token
        if token in (r"\partial", r"\nabla"):
            self.skip_spaces()

    def function(self, word: str) -> None:
        """A word keeps its distance from what stands around it."""
        long = len(word) > 1
        follows = self.tokens[self.at][:1] if self.at < len(self.tokens) else ""
        spaced = self.out and long and (self.out[-1].isalnum() or self.out[-1] in ")′")
        self.out += (" " if spaced else "") + word
        self.out += " " if long and (follows.isalnum() or follows == "\\") else ""

    def fraction(self, above: str, below: str) -> None:
        """Over a slash, in brackets where something stands beside it."""
        derivative = above.startswith(("∂", "d")) and below.startswith(("∂", "d"))
        above = above if derivative or re.fullmatch(r"[^\s+−/=]+", above) else f"({above})"
        below = below if re.fullmatch(r"(?:∂ ?)?[^\s+−/=·∂]+", below) else f"({below})"
        made = f"{above}/{below}"
        before, after = self.out.rstrip()[-1:], self.next()
        alone = (not before or before in "=+−([{,;&") and (
            not after or after in "=+-)]},;&.|" or after.startswith((r"\\", r"\right", r"\end"))
        )
        apart = derivative and self.out[-1:].isalnum()
        self.out += " " * apart + (made if derivative or alone else f"({made})")

    def environment(self, token: str) -> None:
        name = token[token.index("{") + 1 : -1].rstrip("*")
        opens = token.startswith(r"\begin")
        if opens and name in ("array", "alignat", "alignedat") and self.next() == "{":
            self.argument()
        if name not in _BRACKETS:
            return
        self.matrices += 1 if opens else -1
        self.out = self.out if opens else self.out.rstrip()
        self.out += _BRACKETS[name][not opens]
        self.skip_spaces()

    def next(self) -> str:
        """The next token that is not a space; empty at the end."""
        return next((t for t in self.tokens[self.at :] if not t.isspace()), "")

    def more(self) -> bool:
        """Whether anything but the end of an environment follows."""
        return bool(self.next()) and not self.next().startswith(r"\end")

    def skip_spaces(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1

    def argument(self) -> list[str]:
        """The tokens of the next braced group, or the next token alone."""
        self.skip_spaces()
        if self.at >= len(self.tokens):
            return []
        start = self.at
        if self.tokens[start] != "{":
            self.at += 1
            return self.tokens[start : self.at]
        depth = 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            depth += (token == "{") - (token == "}")
            self.at += 1
            if depth == 0:
                return self.tokens[start + 1 : self.at - 1]
        return self.tokens[start + 1 :]
