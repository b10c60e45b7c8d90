"""Emitting and running: from a model to source text, and from source text to a function."""

from __future__ import annotations

import builtins
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from ..calculus.derive import derive
from ..calculus.step import Derivation
from ..errors import BackproofError
from ..expr.model import Model
from .plan import plan
from .program import Program

Target = Literal["numpy", "numba", "jax", "torch", "c"]
TARGETS: tuple[Target, ...] = ("numpy", "numba", "jax", "torch", "c")


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A program as running code.

    Calling it with the parameters and the data (inputs, targets, constants), two dicts by plain
    name, returns the loss and a dict of gradients. Matrices have two dimensions, with the shapes of
    the model; what is 1 x 1 is a plain number. `source` is the text that runs.
    """

    program: Program
    target: Target
    source: str
    function: Callable[..., Any]

    def __call__(
        self, parameters: Mapping[str, Any], data: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        missing = [
            p
            for p, given in (
                *((p, parameters) for p in self.program.parameters),
                *((p, data) for p in self.program.data),
            )
            if p not in given
        ]
        if missing:
            raise BackproofError(
                f"no value is given for {', '.join(missing)}",
                hint="parameters in the first dict; inputs, targets and constants in the second",
            )
        return self.function(dict(parameters), *(data[p] for p in self.program.data))


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
    if target == "c":
        from .native import build

        return Compiled(program, target, text, build(program, text))
    return Compiled(program, target, text, load(text)["loss_and_gradients"])


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
