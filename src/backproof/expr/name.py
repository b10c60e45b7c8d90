"""Names, with their decorations and indices kept as structure and the author's spelling beside
them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Name:
    r"""A quantity's name.

    Two names are equal when they mean the same quantity: `a_2`, `a^{(2)}` and `a^{[2]}` are one,
    `W` and `\mathbf{W}` too. `latex` is how the author wrote it and takes no part in equality.

    `base` is plain ASCII (`W`, `delta`, `loss`); `marks` are those that tell quantities apart
    (`hat`, `bar`, `tilde`, `dot`); `layer` is the layer index (`1`, `l-1`); `sub` a word or time
    subscript (`xh`, `t-1`); `primes` counts `'`.
    """

    base: str
    marks: tuple[str, ...] = ()
    layer: str = ""
    sub: str = ""
    primes: int = 0
    latex: str = field(default="", compare=False)

    @property
    def plain(self) -> str:
        """The name for Python and JSON: `W1`, `W_xh`, `y_hat`, `h_tm1`.

        >>> Name("W", layer="1").plain, Name("y", marks=("hat",)).plain, Name("h", sub="t-1").plain
        ('W1', 'y_hat', 'h_tm1')
        """
        text = self.base + _word(self.layer)
        for mark in self.marks:
            text += f"_{mark}"
        if self.sub:
            text += f"_{_word(self.sub)}"
        return text + "_prime" * self.primes

    @property
    def written(self) -> str:
        """The author's LaTeX, or a plain spelling where there is none."""
        if self.latex:
            return self.latex
        base = self.base if len(self.base) == 1 else _greek_or_word(self.base)
        for mark in self.marks:
            base = f"\\{mark}{{{base}}}"
        text = base + "'" * self.primes
        if self.sub:
            text += f"_{{{self.sub}}}"
        if self.layer:
            text += f"^{{({self.layer})}}"
        return text


GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi "
    "pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi "
    "Psi Omega ell"
).split()


def _greek_or_word(base: str) -> str:
    return f"\\{base}" if base in GREEK else f"\\text{{{base}}}"


def _word(index: str) -> str:
    """An index as part of an identifier: `t-1` -> `tm1`, `l+1` -> `lp1`, `i,j` -> `ij`."""
    index = index.replace("-", "m").replace("+", "p")
    return re.sub(r"\W", "", index)
