r"""Gradients of a network, derived from its lecture note the way a good teacher would, and proven.

>>> import backproof as bp
>>> model = bp.parse("z = w x + b; p = sigmoid(z); L = -y log(p) - (1 - y) log(1 - p)")
>>> derivation = bp.derive(model, wrt="w")
>>> print(derivation.certificate.undecided, derivation.certificate.unchecked)
0 0
>>> bp.evaluate(derivation.gradients["w"], {"w": 2, "b": 0, "x": 1.5, "y": 1})
[[-0.07113880976634995]]

Nothing is loaded before it is used: `import backproof` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .expr.shown import shown_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from .calculus.derive import derive
    from .calculus.step import Derivation
    from .check.check import check
    from .check.report import Finding, Report
    from .code.compiled import compile, emit
    from .code.program import Program
    from .errors import BackproofError, ModelError, NoteError, RefusedError, ShapeError
    from .expr.model import Model
    from .expr.node import Expr
    from .expr.values import evaluate
    from .learn.estimators.classifier import MLPClassifier
    from .learn.estimators.network import Network
    from .learn.estimators.regressor import MLPRegressor
    from .learn.saving.save import load
    from .notation import parse, read
    from .publish.render import render
    from .show.diagram import diagram
    from .show.story import story

    __version__: str

__all__ = [
    "BackproofError",
    "Derivation",
    "Expr",
    "Finding",
    "MLPClassifier",
    "MLPRegressor",
    "Model",
    "ModelError",
    "Network",
    "NoteError",
    "Program",
    "RefusedError",
    "Report",
    "ShapeError",
    "__version__",
    "check",
    "compile",
    "derive",
    "diagram",
    "emit",
    "evaluate",
    "load",
    "parse",
    "read",
    "render",
    "story",
]

_HOMES = {
    "BackproofError": "errors",
    "Derivation": "calculus.step",
    "Expr": "expr.node",
    "Finding": "check.report",
    "MLPClassifier": "learn.estimators.classifier",
    "MLPRegressor": "learn.estimators.regressor",
    "Model": "expr.model",
    "ModelError": "errors",
    "Network": "learn.estimators.network",
    "NoteError": "errors",
    "Program": "code.program",
    "RefusedError": "errors",
    "Report": "check.report",
    "ShapeError": "errors",
    "compile": "code.compiled",
    "derive": "calculus.derive",
    "diagram": "show.diagram",
    "emit": "code.compiled",
    "evaluate": "expr.values",
    "load": "learn.saving.save",
    "parse": "notation",
    "read": "notation",
    "render": "publish.render",
    "story": "show.story",
}


def _shown(thing: object) -> dict[str, str]:
    bundle: Callable[[object], dict[str, str]] = import_module(".publish.display", __name__).bundle
    return bundle(thing)


# What things look like in a notebook is said by the floor for pages, once something is shown.
shown_by(_shown)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("backproof")
    if name == "check":  # the package itself, which can be called; importing it keeps it here
        return import_module(".check", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
