# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""The multi-layer perceptron that the classifier and the regressor share."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import validate_data

from ..activations import hidden_activations
from ..emitted import of_net
from ..engine import Slots
from ..net import Net
from .estimator import Trainer

if TYPE_CHECKING:
    from ..emitted import Emitted


class Perceptron(Trainer):
    """Layers of units, each connected with all of the layer below."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Trainer._parameter_constraints,
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [str, tuple, list],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "loss": [str],
    }

    hidden_layer_sizes: Any
    activation: Any
    alpha: float
    loss: str

    # -- what the network is -----------------------------------------------------------------

    def _hidden(self) -> tuple[int, ...]:
        sizes = self.hidden_layer_sizes
        sizes = [sizes] if isinstance(sizes, Integral) else list(sizes)
        if any(not isinstance(n, Integral) or n <= 0 for n in sizes):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        return tuple(int(n) for n in sizes)

    def _output(self) -> tuple[str, str]:
        """The activation of the output, and the loss, by `Net`'s names."""
        raise NotImplementedError

    @property
    def _net(self) -> Net:
        """The network as a `Net`."""
        hidden = self._hidden()
        out, loss = self._output()
        activations = (*hidden_activations(self._activation(), len(hidden)), out)
        sizes = (self.n_features_in_, *hidden, self.n_outputs_)
        return Net(sizes, activations, loss, self._weighted, float(self.alpha))

    def _activation(self) -> Any:
        given = self.activation
        return tuple(given) if isinstance(given, list) else given

    def _emitted(self) -> Emitted:
        return of_net(self._net)

    def _constants(self) -> dict[str, Any]:
        return {"alpha": float(self.alpha)} if self.alpha > 0 else {}

    # -- weights -----------------------------------------------------------------------------

    def _initialise(self, data: Mapping[str, Any], random: Any) -> None:
        """Weights as scikit-learn draws them: Glorot and Bengio, Understanding the difficulty of
        training deep feedforward neural networks, 2010."""
        self.n_outputs_ = data["Y"].shape[1]
        net = self._net
        self.n_layers_ = len(net.sizes)
        self.out_activation_ = net.activations[-1]
        self.coefs_, self.intercepts_ = [], []
        hidden = net.activations[:-1]
        given = self._activation()
        last = given if isinstance(given, str) else hidden[-1] if hidden else ""
        for n, k, activation in zip(net.sizes, net.sizes[1:], (*hidden, last), strict=False):
            bound = np.sqrt((2.0 if activation in ("logistic", "sigmoid") else 6.0) / (n + k))
            self.coefs_.append(random.uniform(-bound, bound, (n, k)).astype(self._precision))
            self.intercepts_.append(random.uniform(-bound, bound, k).astype(self._precision))

    def _weights(self) -> dict[str, Any]:
        pairs = zip(self.coefs_, self.intercepts_, strict=True)
        return {
            name: value
            for layer, (w, b) in enumerate(pairs, start=1)
            for name, value in ((f"W{layer}", w), (f"b{layer}", b.reshape(1, -1)))
        }

    def _adopt(self, parameters: Mapping[str, Any]) -> None:
        layers = range(1, self.n_layers_)
        self.coefs_ = [parameters[f"W{layer}"] for layer in layers]
        self.intercepts_ = [parameters[f"b{layer}"][0] for layer in layers]

    # -- tables in, numbers out --------------------------------------------------------------

    def _checked(self, X: Any, y: Any, first: bool, **more: Any) -> tuple[Any, Any]:
        """Features and target, checked and as arrays."""
        with np.errstate(over="ignore"):  # what is too large for the precision is refused
            X, y = validate_data(
                self,
                X,
                y,
                accept_sparse=["csr", "csc"],
                multi_output=True,
                dtype=np.dtype(self._precision).type,
                reset=first,
                **more,
            )
        return _dense(X), y

    def _outputs(self, X: Any) -> Any:
        """The values at the output, samples x outputs, of features that are to be checked."""
        self._check_fitted()
        with np.errstate(over="ignore"):
            X = validate_data(
                self,
                X,
                accept_sparse=["csr", "csc"],
                dtype=np.dtype(self._precision).type,
                reset=False,
            )
        return self._predicted({"X": _dense(X)})

    # -- from a file -------------------------------------------------------------------------

    def _restore(
        self,
        n_features: int,
        classes: Any,
        parameters: Mapping[str, Any],
        slots: Slots | None,
        state: Mapping[str, Any],
    ) -> None:
        """Make this estimator the fitted one whose weights and state these are.

        Raises ValueError for weights that don't fit.
        """
        self._validate_params()
        self.n_features_in_ = int(n_features)
        self._weighted = bool(state.get("_weighted", False))
        self._restore_target(classes, state)
        net = self._net
        self.n_layers_ = len(net.sizes)
        self.out_activation_ = net.activations[-1]
        shapes = net.shapes
        zeros = {name: np.zeros(shape, self._precision) for name, shape in shapes.items()}
        self._adopt(zeros)
        self._start_anew()
        self._take_up(parameters, slots, state)

    def _restore_target(self, classes: Any, state: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _dense(X: Any) -> Any:
    """Sparse features as a full matrix, which is what the emitted code takes."""
    return X.toarray() if hasattr(X, "toarray") else X
