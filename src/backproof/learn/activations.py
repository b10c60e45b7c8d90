"""Activation functions by name, and as formulas in z."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ModelError
from .formula import formula

#: How a layer's activation is written, by its name: scikit-learn's names first.
ACTIVATIONS: dict[str, str] = {
    "identity": "{z}",
    "logistic": r"\sigma({z})",
    "tanh": r"\tanh({z})",
    "relu": r"\text{{relu}}({z})",
    "softmax": r"\text{{softmax}}({z})",
    "exp": r"\exp({z})",
    "sigmoid": r"\sigma({z})",
    "softplus": r"\text{{softplus}}({z})",
    "leaky_relu": r"\text{{LeakyReLU}}({z})",
    "elu": r"\text{{ELU}}({z})",
    "selu": r"\text{{SELU}}({z})",
    "gelu": r"\text{{GELU}}({z})",
    "silu": r"\text{{SiLU}}({z})",
    "swish": r"\text{{SiLU}}({z})",
    "mish": r"\text{{Mish}}({z})",
    "softsign": r"\text{{softsign}}({z})",
    "hard_sigmoid": r"\text{{HardSigmoid}}({z})",
    "hard_tanh": r"\text{{HardTanh}}({z})",
    "relu6": r"\text{{ReLU6}}({z})",
    "sin": r"\sin({z})",
}


def hidden_activations(activation: object, layers: int) -> tuple[str, ...]:
    """One activation for each hidden layer, from one for all of them or a sequence.

    Raises ValueError for a sequence of another length, or what is no text; ModelError for a text
    that is neither a known name nor a formula in z.
    """
    if isinstance(activation, str):
        given: tuple[object, ...] = (activation,) * layers
    elif isinstance(activation, Sequence):
        given = tuple(activation)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    else:
        raise ValueError(
            f"activation must be a name, a formula in z, or one of them for each hidden layer; "
            f"got {activation!r}"
        )
    if len(given) != layers:
        raise ValueError(f"there are {layers} hidden layers and {len(given)} activations")
    out: list[str] = []
    for one in given:
        if not isinstance(one, str):
            raise ValueError(f"an activation must be a name or a formula in z; got {one!r}")
        if one == "softmax":
            raise ValueError("softmax stands at the output only; take another for hidden layers")
        if one not in ACTIVATIONS:
            _written(one)
        out.append(one)
    return tuple(out)


def written(activations: Sequence[str]) -> tuple[list[str], list[str]]:
    """The right sides `f(Z_l)` of all layers, and definitions of those that are formulas."""
    letters = iter("fghqu")
    functions: dict[str, str] = {}
    definitions: list[str] = []
    sides: list[str] = []
    for layer, activation in enumerate(activations, start=1):
        z = f"Z_{{{layer}}}"
        if activation in ACTIVATIONS:
            sides.append(ACTIVATIONS[activation].format(z=z))
            continue
        if activation not in functions:
            name = next(letters, f"f_{{{len(functions) + 1}}}")
            functions[activation] = name
            definitions.append(f"{name}(z) = {_written(activation)}")
        sides.append(f"{functions[activation]}({z})")
    return sides, definitions


def _written(text: str) -> str:
    try:
        return formula(text, {"z": "z"}, "the activation")
    except ModelError as error:
        if text.isidentifier():
            names = ", ".join(n for n in ACTIVATIONS if n != "softmax")
            raise ModelError(
                f"there is no activation {text!r}",
                hint=f"take one of {names}; or a formula in z, such as 'z * sigmoid(z)'",
            ) from None
        raise error from None
