r"""Loss functions by name, and as formulas in y and p.

A loss is written for one entry, the target $Y_{ik}$ and the output $P_{ik}$ of sample i and unit k;
entries are added up over the units, and averaged over the samples, weighted where samples have
weights.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ModelError
from .formula import formula


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss: `entry` in LaTeX, what stands before the sum (`1` over the samples is added) and a
    definition that it needs."""

    entry: str
    sign: str = ""
    half: bool = False
    definition: str = ""


_HUBER = (
    r"h(u) = \begin{cases} \frac{1}{2} u^2 & |u| \le 1 \\ |u| - \frac{1}{2} & \text{otherwise} "
    r"\end{cases}"
)
_MARGIN = r"1 - (2 Y_{ik} - 1) P_{ik}"
_OFF = r"|P_{ik} - Y_{ik}|"
#: For a softmax output where one target is 1 (`cross_entropy`, `focal_softmax`), for sigmoids
#: (`log_loss`, `focal`), for plain numbers.
LOSSES: dict[str, Loss] = {
    "squared_error": Loss("(P_{ik} - Y_{ik})^2", half=True),
    "log_loss": Loss(
        r"\left( Y_{ik} \log P_{ik} + (1 - Y_{ik}) \log (1 - P_{ik}) \right)", sign="-"
    ),
    "cross_entropy": Loss(r"Y_{ik} \log P_{ik}", sign="-"),
    # Half the deviance, as scikit-learn has it; the bound is there for targets that are 0.
    "poisson": Loss(
        r"\left( Y_{ik} \log \frac{\max(Y_{ik}, 10^{-30})}{P_{ik}} - Y_{ik} + P_{ik} \right)"
    ),
    "gamma": Loss(r"\left( \log P_{ik} + \frac{Y_{ik}}{P_{ik}} \right)"),
    "absolute_error": Loss(_OFF),
    "huber": Loss(r"h(P_{ik} - Y_{ik})", definition=_HUBER),
    # log cosh u, which overflows as it stands for |u| > 88 in single precision.
    "log_cosh": Loss(rf"\left( {_OFF} + \log (1 + e^{{-2 {_OFF}}}) - \log 2 \right)"),
    "hinge": Loss(rf"\max(0, {_MARGIN})"),
    "squared_hinge": Loss(rf"\max(0, {_MARGIN})^2"),
    # Lin and others, Focal loss for dense object detection, 2017, with gamma = 2.
    "focal": Loss(
        r"\left( (1 - P_{ik})^2 Y_{ik} \log P_{ik}"
        r" + P_{ik}^2 (1 - Y_{ik}) \log (1 - P_{ik}) \right)",
        sign="-",
    ),
    "focal_softmax": Loss(r"(1 - P_{ik})^2 Y_{ik} \log P_{ik}", sign="-"),
}
#: What a loss by name takes at the output, where that is not what a formula of y and p takes.
MARGINS = frozenset({"hinge", "squared_hinge"})
LOG_LINKS = frozenset({"poisson", "gamma"})
_CLASSES_ONLY = frozenset({"log_loss", "cross_entropy", "focal", "focal_softmax", *MARGINS})
_OF_CLASSIFIER = ("log_loss", "focal", "hinge", "squared_hinge")


def classifier_loss(loss: str, several: bool) -> tuple[str, str]:
    """The activation of the output and the loss of a network that tells classes apart.

    `several` is true for more than two classes of which one is right: the output is then a softmax.
    Raises ModelError for a loss that is none of classes.
    """
    if loss in LOG_LINKS:
        raise ModelError(f"{loss} is a loss of numbers", hint=_known(classes=True))
    loss_of(loss, classes=True)
    if loss in MARGINS:
        return "identity", loss
    if not several:
        return "logistic", loss
    return "softmax", {"log_loss": "cross_entropy", "focal": "focal_softmax"}.get(loss, loss)


def regressor_loss(loss: str) -> tuple[str, str]:
    """The activation of the output and the loss of a network that predicts numbers.

    Raises ModelError for a loss that needs classes.
    """
    if loss in _CLASSES_ONLY:
        raise ModelError(f"{loss} is a loss of classes", hint=_known(classes=False))
    loss_of(loss, classes=False)
    return ("exp" if loss in LOG_LINKS else "identity"), loss


def loss_of(loss: str, classes: bool = False) -> Loss:
    """A loss by its name or by its formula in y and p.

    Raises ModelError for a text that is neither.
    """
    if loss in LOSSES:
        return LOSSES[loss]
    try:
        entry = formula(loss, {"y": "Y_{ik}", "p": "P_{ik}"}, "the loss")
    except ModelError as error:
        if loss.isidentifier():
            raise ModelError(f"there is no loss {loss!r}", hint=_known(classes)) from None
        raise error from None
    return Loss(rf"\left( {entry} \right)")


def _known(classes: bool) -> str:
    names = _OF_CLASSIFIER if classes else [n for n in LOSSES if n not in _CLASSES_ONLY]
    return f"take one of {', '.join(names)}; or a formula in y and p, such as '(y - p)**2'"
