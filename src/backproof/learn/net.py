"""A multi-layer perceptron as what it is: a note."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .activations import written
from .losses import loss_of

if TYPE_CHECKING:
    from ..calculus.step import Derivation
    from ..expr.model import Model


@dataclass(frozen=True, slots=True)
class Net:
    r"""A multi-layer perceptron, samples as rows, with its loss.

    `sizes` are the numbers of units, inputs first: n0, ..., nL. `activations` holds one for each
    layer, the output's last: names of `activations.ACTIVATIONS`, or formulas in z. `loss` is a name
    of `losses.LOSSES`, or a formula in y and p. `weighted` says that sample i counts $s_i$ times:
    the loss is then divided by the sum of the weights of a batch instead of by the number of its
    samples. `alpha` is the strength of the penalty on weights: half the sum of their squares,
    divided like the rest of the loss.

    The names of the model are `W1`, `b1`, `W2`, ... (n_in x n_out, 1 x n_out), `X` and `Y` (one row
    for each sample), `s` (a column) and `alpha`, where they are used. Sizes are letters in the
    note, so that networks of one structure share one derivation.

    >>> net = Net((4, 8, 1), ("relu", "logistic"), "log_loss")
    >>> print(net.note.splitlines()[3])
    $$Z_{1} = X W_{1} + b_{1}$$
    >>> net.derivation.certificate.undecided
    0
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    weighted: bool = False
    alpha: float = 0.0

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """The shape of every parameter, layer by layer."""
        shapes: dict[str, tuple[int, int]] = {}
        for layer, (n, k) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), start=1):
            shapes |= {f"W{layer}": (n, k), f"b{layer}": (1, k)}
        return shapes

    @property
    def note(self) -> str:
        """The network as a note: text with equations in LaTeX."""
        return _note(self.activations, self.loss, self.weighted, self.alpha > 0)

    @property
    def model(self) -> Model:
        """The note, read."""
        return model_of(self.note)

    @property
    def derivation(self) -> Derivation:
        """The gradients of the network's loss, derived and proven."""
        return derivation_of(self.note)


@lru_cache(maxsize=32)
def model_of(note: str) -> Model:
    """The model of a note; the same one for the same text."""
    from ..notation import parse

    return parse(note)


@lru_cache(maxsize=32)
def derivation_of(note: str) -> Derivation:
    """The derivation of a note; the same one for the same text."""
    from ..calculus.derive import derive

    return derive(model_of(note))


@lru_cache(maxsize=32)
def _note(activations: tuple[str, ...], loss: str, weighted: bool, penalised: bool) -> str:
    last = len(activations)
    sides, definitions = written(activations)
    said = loss_of(loss)
    shapes = [
        r"X \in \mathbb{R}^{m \times n_{0}}",
        rf"Y \in \mathbb{{R}}^{{m \times n_{{{last}}}}}",
    ]
    for l in range(1, last + 1):  # noqa: E741
        shapes.append(rf"W_{{{l}}} \in \mathbb{{R}}^{{n_{{{l - 1}}} \times n_{{{l}}}}}")
        shapes.append(rf"b_{{{l}}} \in \mathbb{{R}}^{{1 \times n_{{{l}}}}}")
    listed = r", \quad ".join(shapes)
    one_hot = " The targets are one-hot." if activations[-1] == "softmax" else ""
    lines = [f"Samples are the rows of $X$ and $Y$.{one_hot}", "", f"$${listed}$$"]
    if said.definition:
        definitions = [*definitions, said.definition]
    lines += [f"$${definition}$$" for definition in definitions]
    below = "X"
    for l, side in enumerate(sides, start=1):  # noqa: E741
        lines.append(f"$$Z_{{{l}}} = {below} W_{{{l}}} + b_{{{l}}}$$")
        if l < last and side == f"Z_{{{l}}}":
            below = side
            continue
        below = "P" if l == last else f"A_{{{l}}}"
        lines.append(f"$${below} = {side}$$")
    count = "N" if weighted else "m"
    if weighted:
        lines.append(r"$$N = \sum_{i=1}^m s_i$$")
    over = rf"\frac{{1}}{{{'2 ' if said.half else ''}{count}}}"
    weight = "s_i " if weighted else ""
    right = rf"{said.sign}{over} \sum_{{i=1}}^m {weight}\sum_{{k=1}}^{{n_{{{last}}}}} {said.entry}"
    if penalised:
        norms = " + ".join(rf"\|W_{{{l}}}\|^2" for l in range(1, last + 1))  # noqa: E741
        right += rf" + \frac{{\alpha}}{{2 {count}}} ({norms})"
    lines.append(f"$$L = {right}$$")
    return "\n".join(lines) + "\n"
