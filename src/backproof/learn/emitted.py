"""What engines run: the code that a derivation emits, and how its arguments lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from ..errors import RefusedError
from .cache import remembered
from .net import Net, derivation_of, model_of
from .ready import ready

if TYPE_CHECKING:
    from ..calculus.step import Derivation
    from ..code.compiled import Compiled
    from ..expr.node import Expr
    from .kernels import Kernels


@dataclass(frozen=True)
class Emitted:
    """The code of one model, in the forms that engines take.

    `text` holds everything that is emitted ahead: the NumPy sources of loss and gradients and of
    the prediction, which data they take, along which axis the samples lie (None for constants), and
    the entrywise parts. `derive` gives the derivation that all of it comes from. `perceptron` says
    that it is the code of a `Net`.
    """

    text: str
    derive: Callable[[], Derivation]
    perceptron: bool = False

    @cached_property
    def _held(self) -> dict[str, Any]:
        return json.loads(self.text)

    @property
    def derivation(self) -> Derivation:
        return self.derive()

    @property
    def axes(self) -> dict[str, int | None]:
        """The axis of the samples of each input, target and constant, in the order of the code."""
        return self._held["axes"]

    @property
    def numbers(self) -> frozenset[str]:
        """The parameters and data that are 1 x 1 in the model: plain numbers in the code."""
        return frozenset(self._held["numbers"])

    @cached_property
    def loss_and_gradients(self) -> Callable[..., tuple[Any, dict[str, Any]]]:
        """The emitted function, of a dict of parameters and of data in the order of `axes`."""
        return _loaded(self._held["numpy"])["loss_and_gradients"]

    @cached_property
    def _predict(self) -> Callable[..., Any]:
        return _loaded(self._held["forward"])["predict"]

    def predict(self, parameters: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
        """The prediction, in the model's orientation."""
        given = {k: v[0, 0] if k in self.numbers else v for k, v in parameters.items()}
        return self._predict(given, *(data[name] for name in self._held["forward_data"]))

    @property
    def predicts_from(self) -> tuple[str, ...]:
        """The inputs and constants that the prediction takes."""
        return tuple(self._held["forward_data"])

    @cached_property
    def kernels(self) -> Kernels:
        """The entrywise parts. Raises RefusedError if the model is no dense network."""
        from .kernels import Kernels, Layer

        held = self._held["kernels"]
        if isinstance(held, str):
            raise RefusedError(held)
        return Kernels(tuple(Layer(**x) for x in held["layers"]), held["delta"], held["loss"])

    @property
    def dense(self) -> bool:
        """Whether the model is a dense network whose parts work entry by entry."""
        return not isinstance(self._held["kernels"], str)

    def compiled(self, target: Any) -> Compiled:
        """The code for another target."""
        from ..code.compiled import compile as compiled

        return compiled(self.derivation, target)


def of_net(net: Net) -> Emitted:
    """The code of a multi-layer perceptron; one of a structure that came with the package, or that
    an earlier process has derived, is not derived again."""
    return _of_note(net.note)


def derived(note: str) -> str:
    """Everything that is emitted for the note of a `Net`, as `Emitted.text`."""
    return _text(derivation_of(note), model_of(note)["P"])


@lru_cache(maxsize=32)
def _of_note(note: str) -> Emitted:
    made = ready(note) or remembered(note, lambda: derived(note))
    return Emitted(made, lambda: derivation_of(note), perceptron=True)


def of_model(derivation: Derivation, prediction: Expr) -> Emitted:
    """The code of any model, and of the quantity that it predicts."""
    return Emitted(_text(derivation, prediction), lambda: derivation)


def _loaded(text: str) -> dict[str, Any]:
    """The names that a text defines. `code.compiled.load` does the same and imports the whole of
    the derivation's machinery, which a network that was found in the cache has no use for."""
    names: dict[str, Any] = {"__name__": "backproof_emitted"}
    exec(compile(text, "<backproof>", "exec"), names)
    return names


def _text(derivation: Derivation, prediction: Expr) -> str:
    from ..code.numpy import source
    from ..code.plan import plan
    from .forward import forward_source
    from .kernels import kernels

    program = plan(derivation)
    samples = derivation.model.samples
    forward, forward_data = forward_source(derivation, prediction)
    try:
        parts: Any = asdict(kernels(derivation))
    except RefusedError as error:
        parts = error.what
    leaves = {**program.parameters, **program.data}
    return json.dumps(
        {
            "numpy": source(program),
            "forward": forward,
            "axes": {
                n: e.shape.index(samples) if samples and samples in e.shape else None
                for n, e in program.data.items()
            },
            "forward_data": forward_data,
            "numbers": [n for n, e in leaves.items() if e.shape == (1, 1)],
            "kernels": parts,
        }
    )
