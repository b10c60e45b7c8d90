"""Emitting and running: from a model to source text, and from source text to a function."""

from __future__ import annotations

import builtins
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any, Literal, cast, get_args

from ..calculus.derive import derive
from ..calculus.step import Derivation
from ..errors import BackproofError
from ..expr.model import Model
from .given import fitted
from .plan import plan
from .program import Program

Target = Literal["numpy", "numba", "jax", "torch", "c", "javascript"]
TARGETS: tuple[Target, ...] = get_args(Target)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Compiled(Program):
    """A program as running code.

    Calling it with the parameters and the data (inputs, targets, constants) returns the loss and a
    dict of gradients. Parameters are a dict by plain name; the data are such a dict too, or the
    values one by one in the order of `data`, or by keyword. Matrices have two dimensions, with the
    shapes of the model; what is 1 x 1 is a plain number. `source` is the text that runs. Raises
    ShapeError for values that do not fit.
    """

    target: Target
    source: str
    function: Callable[..., Any]

    @property
    def program(self) -> Program:
        """The instructions without the code."""
        return self

    def __call__(
        self, parameters: Mapping[str, Any], *given: Any, **named: Any
    ) -> tuple[Any, dict[str, Any]]:
        if len(given) == 1 and isinstance(given[0], Mapping):
            values = dict(cast(Mapping[str, Any], given[0]))
        elif len(given) > len(self.data):
            raise BackproofError(
                f"{len(given)} values are given, and the data are {', '.join(self.data)}"
            )
        else:
            values = dict(zip(self.data, given, strict=False))
        values |= named
        missing = [p for p in self.parameters if p not in parameters]
        missing += [p for p in self.data if p not in values]
        if missing:
            raise BackproofError(
                f"no value is given for {', '.join(missing)}",
                hint="parameters in the first dict; inputs, targets and constants after it",
            )
        ready = fitted({**self.parameters, **self.data}, {**values, **parameters})
        return self.function({p: ready[p] for p in self.parameters}, *(ready[p] for p in self.data))


def emit(model: Model | Derivation, target: Target = "numpy") -> str:
    """The source text of a model's loss and gradients.

    Raises BackproofError for an unknown target, RefusedError for what the target cannot say.
    """
    return _spelled(_program(model), target)


def compile(model: Model | Derivation, target: Target = "numpy") -> Compiled:
    """A function that returns the loss and the gradients, running the text that `emit` gives.

    Raises BackproofError for an unknown target, RefusedError for what the target cannot say.
    """
    program = _program(model)
    text = _spelled(program, target)
    if target in ("c", "javascript"):
        home = import_module(f".{'native' if target == 'c' else 'node'}", __package__)
        function = home.build(program, text)
    else:
        function = load(text)["loss_and_gradients"]
    parts = {f.name: getattr(program, f.name) for f in fields(Program)}
    return Compiled(**parts, target=target, source=text, function=function)


def _program(model: Model | Derivation) -> Program:
    return plan(model if isinstance(model, Derivation) else derive(model))


def _spelled(program: Program, target: Target) -> str:
    if target not in TARGETS:
        raise BackproofError(
            f"there is no target {target!r}", hint=f"the targets are {', '.join(TARGETS)}"
        )
    spell = import_module(f".{'c99' if target == 'c' else target}", __package__)
    return spell.source(program)


def load(text: str) -> dict[str, Any]:
    """The names that a text defines when it is run. Tracebacks and inspection find its lines."""
    file = f"<backproof {abs(hash(text)):x}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "backproof_emitted"}
    exec(builtins.compile(text, file, "exec"), names)
    return names
