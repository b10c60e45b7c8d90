"""What is known of the names of a note (survey.py finds it out)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .declared import Dims
from .ranges import Ranges
from .terms import Grid, Term, is_loss

#: Letters of layers.
LAYER = ("l", "L", "ell")
#: Letters that count layers or steps of time where nothing speaks against it.
STEPS = ("l", "ell", "t", "tau")
#: Tables with a row or a column for each sample, when they have two dimensions.
TABLES = ("X", "Y", "Z", "A", "H", "T", "P")


@dataclass(slots=True)
class Survey:
    r"""Facts about names.

    `functions`: called somewhere (`f(x) = ...`, `f'(z)`) and never met as a quantity;
    `parameters`: the letters a function was defined with; `samples`: index letters that run over
    samples; `counts`: symbols that are numbers of things, from the upper limits of sums; `sized`:
    those of which each layer has its own (`n_l`); `bound`: index letters of sums; `stacked`: bases
    whose bare superscript is an index (`a^l`);
    `layered`: bases seen with a shifted lower index (`h_{t-1}`); `shifting`: the letters of those;
    `spelled`: bases with the letters of their lower indices; `entries`: with how many of them that
    count no samples; `turned`: bases seen transposed, `multiplied`: those that are a product of
    two matrices;
    `numbers`: names of functions that the note has for numbers (`\\sigma = \\sqrt{v}`);
    `squares`: bases that are only defined as squares (`sigma^2 = ...`);
    `primed`: bases met as `f'(x)`; `plain`: bases met without any index, `plain_words` such as
    `W2`; `labels`: letters that are no numbers where they stand as an index (`W_f`);
    `owned`: bases with a letter below that is a quantity there and an index elsewhere;
    `own_labels`: functions with an index that is one of the names in their formula
    (`h_\\theta(x) = \\theta^T x`);
    `flat`: whether all that has an index has that of a sample alone, so that each sample may be a
    number;
    `whole`: bases that stand for all samples at once (usage.py); `lone_steps`: letters of the one
    step that a loss is about;
    `bracketed`: bases with lone names in brackets behind them, which may be their arguments;
    `pairs`: a letter for all samples and the one for each of them (`X`, `x`);
    `bold`: bases in bold type;
    `vectors`: bases with a vector for each value of an index (`u_w^T v`);
    `classes`: targets that are the number of a class (`p_{y_i}`);
    `carried`: letters of quantities that each time step has one of (`x_t`), `running`: index
    letters of products that end with a step; `dimensions`: numbers that tell how large something
    is, with their letter (`d_k`);
    `ranges`: how far indices run; `square`, `symmetric`: such matrices; `biases`: what is added to
    the product of a matrix; `lone_biases`, `lone_weights`: numbers that are added to inner
    products, and what is learned in those;
    `adjoints`: marks that stand for the derivative of a loss (`\bar{x}`), with that loss;
    `temperature`: whether quantities are divided by a T, which then counts nothing;
    `mixed`: whether products entry by entry stand beside others; `dotted`: whether a dot stands
    between factors that are no numbers; `differentials`: whether a lone
    d stands before names, `varied`: whether a lone delta does; `matrices`: whether anything is
    transposed; `declared`: the shapes that the note says quantities have; `table_counts`: what
    counts samples in them; `grids`, `wide`: vectors that are glued together, and the weights that
    are applied to them (usage.py);
    `obscure`: what has a formula that could not be understood;
    `timed`: names with their step in brackets (timed.py); `hot`: letters of the class whose target
    is 1 (`y_c = 1`); `lone_sums`: whether a sum names no index of what it adds up; `moving`:
    names that the note differentiates, each with what by and its number; `targets`,
    `weighing`: what stands before a logarithm, before a part of a loss (weighing.py);
    `zeroth`: whether sums over units start at 0 with the bias (offsets.py).
    """

    functions: set[str] = field(default_factory=set[str])
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    samples: set[str] = field(default_factory=set[str])
    sample_counts: set[str] = field(default_factory=set[str])
    counts: set[str] = field(default_factory=set[str])
    sized: set[str] = field(default_factory=set[str])
    bound: set[str] = field(default_factory=set[str])
    stacked: set[str] = field(default_factory=set[str])
    layered: set[str] = field(default_factory=set[str])
    shifting: set[str] = field(default_factory=set[str])
    spelled: set[tuple[str, tuple[str, ...]]] = field(
        default_factory=set[tuple[str, tuple[str, ...]]]
    )
    entries: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    turned: set[str] = field(default_factory=set[str])
    multiplied: set[str] = field(default_factory=set[str])
    primed: set[str] = field(default_factory=set[str])
    plain: set[str] = field(default_factory=set[str])
    plain_words: set[str] = field(default_factory=set[str])
    flat: bool = False
    whole: set[str] = field(default_factory=set[str])
    lone_steps: set[str] = field(default_factory=set[str])
    squares: set[str] = field(default_factory=set[str])
    numbers: set[str] = field(default_factory=set[str])
    labels: set[str] = field(default_factory=set[str])
    owned: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    own_labels: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    bracketed: set[str] = field(default_factory=set[str])
    bold: set[str] = field(default_factory=set[str])
    vectors: set[str] = field(default_factory=set[str])
    classes: set[str] = field(default_factory=set[str])
    carried: set[str] = field(default_factory=set[str])
    running: set[str] = field(default_factory=set[str])
    dimensions: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    bases: set[str] = field(default_factory=set[str])
    last: set[str] = field(default_factory=set[str])
    family_letters: set[str] = field(default_factory=set[str])
    pairs: dict[str, str] = field(default_factory=dict[str, str])
    lone_biases: set[str] = field(default_factory=set[str])
    lone_weights: set[str] = field(default_factory=set[str])
    biases: set[str] = field(default_factory=set[str])
    adjoints: dict[str, Term] = field(default_factory=dict[str, Term])
    symmetric: set[str] = field(default_factory=set[str])
    square: set[str] = field(default_factory=set[str])
    ranges: Ranges = field(default_factory=Ranges)
    mixed: bool = False
    temperature: bool = False
    dotted: bool = False
    differentials: bool = False
    declared: dict[str, Dims] = field(default_factory=dict[str, Dims])
    table_counts: set[str] = field(default_factory=set[str])
    grids: set[Grid] = field(default_factory=set[Grid])
    wide: dict[str, tuple[int, int, bool]] = field(default_factory=dict[str, tuple[int, int, bool]])
    targets: set[str] = field(default_factory=set[str])
    weighing: set[str] = field(default_factory=set[str])
    obscure: set[str] = field(default_factory=set[str])
    matrices: bool = False
    timed: frozenset[str] = frozenset()
    varied: bool = False
    lone_sums: bool = False
    moving: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    hot: set[str] = field(default_factory=set[str])
    zeroth: bool = False

    def tables(self) -> set[bool]:
        """Whether samples are the rows of the tables whose shapes are given, or the columns."""
        tables = [dims for base, dims in self.declared.items() if base in TABLES]
        counts = [[dim in self.table_counts for dim in dims] for dims in tables if len(dims) == 2]
        return {first for first, second in counts if first != second}

    def is_loss(self, base: str) -> bool:
        """Whether a quantity is a loss, which is a number: the E of `E^T E` are errors, the C of `C
        = A B` is a matrix."""
        return is_loss(base) and base not in self.turned | self.multiplied

    def only_squared(self, base: str) -> bool:
        r"""Whether only the square of a quantity has a formula, whatever its label is: the sigma of
        `\sigma_B^2`."""
        return base.partition(":")[0] in self.squares and not base.endswith("^2")

    def is_whole(self, base: str, told: bool = False) -> bool:
        """Whether a name stands for a matrix or a vector by the way it is written; with `told`,
        wherever it stands."""
        letter = base.rsplit(maxsplit=1)[-1].partition(":")[0]
        if base in self.bold | self.vectors or (base in self.turned and not told):
            return True
        return letter[:1].isupper() and base not in self.counts | self.sample_counts | self.last

    def is_family(self, base: str, letter: str, lower: bool, first: bool = True) -> bool:
        """Whether an index letter picks one quantity of several (a layer, a moment) and not an
        entry of one; `first`: whether no other lower index stands before it."""
        if letter in self.samples:
            return False
        if base.partition(":")[0] in self.vectors and first:
            return True
        if not lower or letter in ("L", "T") or (letter in self.running and base in self.carried):
            return True
        if letter in STEPS:
            return letter in self.family_letters
        return base in self.layered or (letter in self.shifting and letter not in self.bound)

    def leads(self, base: str, lower: bool) -> bool:
        """Whether the index of a sample stands where one that picks a vector could: the i of
        `x_{ij}`, whose j is an entry, not that of `u_{n_{ik}}`."""
        return lower and base.partition(":")[0] == base
