"""The tree that a formula is read into: what was written, before anyone decides what it means.

One tree serves LaTeX and plain ASCII. It leaves open what only the whole note can settle: whether
`a(1 - a)` is a product or a call, whether `^2` is a power or a layer, whether `A B` is a matrix
product. Every node knows where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Span


@dataclass(frozen=True, slots=True)
class Tree:
    span: Span


@dataclass(frozen=True, slots=True)
class Number(Tree):
    """`0.5`, `2`, `1e-5`: the text as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol(Tree):
    r"""A letter or a word, without scripts: `W`, `\sigma`, `\mathbf{W}`, `\text{softmax}`, `W1`.

    `base` is plain ASCII (`sigma`, `W`, `softmax`, `ell`; a Hangul word in plain text stays as it
    is), `marks` its decorations from the inside out (`hat`, `bar`, `tilde`, `dot`, `ddot`, `vec`,
    `check`, `breve`, `under`, `bold`, `cal`, `bb`, `frak`, `rm`), `written` its LaTeX exactly as
    the author spelled it (`\hat{\mathbf{y}}`); for ASCII input the characters themselves. Only a
    lone letter keeps `rm`: `\mathrm{d}` has it, `\mathrm{softmax}` is simply a word.
    `function` is true for the names that TeX sets as operators (`\log`, `\exp`, `\tanh`, ...).
    """

    base: str
    marks: tuple[str, ...]
    written: str
    function: bool = False


@dataclass(frozen=True, slots=True)
class Sup:
    """One superscript.

    `kind`: `bare` (`^2`, `^{l-1}`), `paren` (`^{(2)}`), `square` (`^{[2]}`), `transpose` (`^T`,
    `^\\top`, `^{\\mathsf T}`, `.T`), `prime` (`'`), `star`, `factorial` (`n!`). `tree` is
    what stands inside, None for transpose, prime, star and factorial. `^{[2](i)}` gives two of
    them, `^{(2)T}` too. A power in plain text keeps its brackets: `x^(2)` is `paren`, `x**2` and
    `x**(2)` are `bare`."""

    kind: str
    tree: Tree | None = None


@dataclass(frozen=True, slots=True)
class Script(Tree):
    """A base with subscripts and superscripts: `W^{(1)}_{ij}`, `(a - y)^T`, `x_{t-1}`, `\\|w\\|^2`.

    `subs` holds the comma-separated parts of the subscript. `W_{ij}` has one part, the product of
    `i` and `j`; `h_{\\text{out}}` one part, a Symbol.
    """

    base: Tree
    subs: tuple[Tree, ...]
    sups: tuple[Sup, ...]


@dataclass(frozen=True, slots=True)
class Sum(Tree):
    """Terms with their signs, `+` or `-`; `signs[0]` is `-` for a leading minus and `+` otherwise.
    A lone negated term is a Sum of one. `before[i]` in `\\pm` is refused by the reader."""

    terms: tuple[Tree, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product(Tree):
    """Factors and the operators between them, to be read from the left: `` (written side by side),
    `cdot`, `times`, `*`, `@`, `odot`, `circ`, `otimes`, `/`. Whether a letter before a bracket is a
    call is left open: `f(x)` is the product of `f` and a Fenced, with an empty operator."""

    factors: tuple[Tree, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Tree):
    numerator: Tree
    denominator: Tree


@dataclass(frozen=True, slots=True)
class Root(Tree):
    body: Tree
    degree: Tree | None


@dataclass(frozen=True, slots=True)
class Big(Tree):
    """A big operator: `\\sum`, `\\prod`, and with a subscript `\\max`, `\\arg\\max`, `\\lim`, ...

    `kind` is `sum`, `prod`, `argmax`, ...; `below` and `above` are the limits (`below` may be a
    Relation such as `i = 1`, or a bare index), `body` all factors to its right in the same term, a
    Sum of one when a minus stands in front of them. `\\mathbb{E}_x` is a Script on a Symbol, and so
    is a big operator with nothing to its right.
    """

    kind: str
    below: Tree | None
    above: Tree | None
    body: Tree


@dataclass(frozen=True, slots=True)
class Fenced(Tree):
    """A bracketed list.

    `kind`: `paren`, `square`, `brace`, `abs`, `norm`, `angle`, `floor`, `ceil`. `items` are its
    comma- or semicolon-separated parts, at least one; `separator` is `,`, `;`, `:`, `|`, `‖` or
    empty (the first one, when they are mixed). Two kinds have no brackets: `list` is a bare
    list, as in `l = 1, 2, ..., L` (one side of one Relation) or `W_1, W_2`, and in `y = x, (x > 0)`
    or `y = x \\quad (x > 0)`, whose last item is the condition; `at` is the bar of
    `\\left. f \\right|_{x=0}` and of `f |_{x=0}`, which carries its subscript as a Script. An item
    may be a Relation (`axis = 0`), or a lone operator as a Symbol (`f(\\cdot)`; `X_{:,j}` with base
    `colon`)."""

    kind: str
    items: tuple[Tree, ...]
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Matrix(Tree):
    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases(Tree):
    """`cases`: pairs of a value and its condition; the condition is a Relation, or None for
    `otherwise` and its like in any language, and for an empty one."""

    rows: tuple[tuple[Tree, Tree | None], ...]


@dataclass(frozen=True, slots=True)
class Derivative(Tree):
    r"""`\frac{\partial L}{\partial W}`, `\frac{d}{dx}(...)`, `dL/dW`.

    `of` is None when the operand follows as the next factor. `written` is `partial` or `d`.
    `order` counts repeated derivatives; the square in `\partial w^2` under a `\partial^2` is in
    `order`, not in `by`. A numerator with two partials in it stays a Fraction. `\delta L` over
    `\delta W` is read as one too; so is the slip `\frac{\partial}{\partial w L(a)}`. In plain text
    `dL/dW1` is a Product of the words `dL` and `dW1`.

    The short form `dZ^{[l]}` is no Derivative but the Product of `d` and `Z^{[l]}`, however its
    braces are set (`{dZ}^{[l]}`, `d{{Z}^{[l]}}`); a power stays outside of it (`{dW}^2`).
    """

    of: Tree | None
    by: tuple[Tree, ...]
    written: str
    order: int = 1


@dataclass(frozen=True, slots=True)
class Text(Tree):
    """Prose inside a formula: `\\text{ if }`."""

    text: str


@dataclass(frozen=True, slots=True)
class Ellipsis_(Tree):
    """`\\dots`, `\\cdots`, `...`."""


@dataclass(frozen=True, slots=True)
class Unknown(Tree):
    """`?`: the question a lecture asks before it answers."""


@dataclass(frozen=True, slots=True)
class Relation(Tree):
    """A chain `A = B = C`; a side that is missing (a row that starts with `=`, an empty right side)
    is None. Operators: `=`, `:=`, `=:`, `+=`, `-=`, `<-`, `~`, `approx`, `equiv`, `propto`, `in`,
    `to`, `<`, `>`, `<=`, `>=`, `!=`."""

    sides: tuple[Tree | None, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One formula of a note: a Relation, or a lone expression.

    `display` tells a formula on lines of its own from one inside a sentence. `continues` is true
    for a row that goes on with the chain before it (`&= ...`), also over blocks. `typed` is true
    for a formula that stands in a note with markup without being marked up as one, such as
    `dW = dZ A.T` in a cell of a table; only `check` reads those.
    """

    tree: Tree
    span: Span
    display: bool
    continues: bool
    typed: bool = False
