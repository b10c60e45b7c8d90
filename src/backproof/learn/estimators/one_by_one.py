"""Notes about a single sample: the emitted function for one sample, called for each of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..emitted import Emitted

if TYPE_CHECKING:
    from ...calculus.step import Derivation
    from ...code.compiled import Compiled


@dataclass(frozen=True)
class OneByOne:
    """The code of a note about one sample, as that of a batch: the loss of a batch is the mean of
    the losses of its samples, and so are the gradients. As slow as a loop in Python is.

    `shapes` gives the shape of each input and target of one sample, as numbers.
    """

    emitted: Emitted
    shapes: Mapping[str, tuple[int, int]]

    @property
    def text(self) -> str:
        return self.emitted.text

    @property
    def derivation(self) -> Derivation:
        return self.emitted.derivation

    @property
    def axes(self) -> dict[str, int | None]:
        return {name: 0 if name in self.shapes else None for name in self.emitted.axes}

    @property
    def predicts_from(self) -> tuple[str, ...]:
        return self.emitted.predicts_from

    @property
    def numbers(self) -> frozenset[str]:
        return self.emitted.numbers

    @property
    def loss_and_gradients(self) -> Callable[..., tuple[Any, dict[str, Any]]]:
        function, names = self.emitted.loss_and_gradients, list(self.emitted.axes)

        def mean(parameters: dict[str, Any], *data: Any) -> tuple[Any, dict[str, Any]]:
            count = max(len(v) for n, v in zip(names, data, strict=True) if n in self.shapes)
            total: Any = 0.0
            sums: dict[str, Any] = {}
            for i in range(count):
                loss, gradients = function(parameters, *self._sample(names, data, i))
                total += loss
                for name, g in gradients.items():
                    sums[name] = g / count if i == 0 else sums[name] + g / count
            return total / count, sums

        return mean

    def _sample(self, names: list[str], data: Any, i: int) -> list[Any]:
        out: list[Any] = []
        for name, value in zip(names, data, strict=True):
            if name not in self.shapes:
                out.append(value)
            elif name in self.numbers:
                out.append(value[i, 0])
            else:
                out.append(value[i].reshape(self.shapes[name]))
        return out

    def predict(self, parameters: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
        """Samples x outputs."""
        import numpy as np

        names = list(self.emitted.predicts_from)
        values = [data[n] for n in names]
        count = max(len(v) for n, v in zip(names, values, strict=True) if n in self.shapes)
        rows: list[Any] = []
        for i in range(count):
            sample = dict(zip(names, self._sample(names, values, i), strict=True))
            rows.append(np.ravel(self.emitted.predict(parameters, sample)))
        return np.array(rows)

    def compiled(self, target: Any) -> Compiled:
        return self.emitted.compiled(target)
