"""Emitted C as a function of arrays: compiled by the system's compiler, called through ctypes."""

from __future__ import annotations

import ctypes
import math
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import BackproofError
from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, dim_letters, dim_value
from .c99 import macros, workspace
from .program import Program

Sizes = tuple[tuple[str, int], ...]
FLAGS = ("-std=c99", "-O3", "-shared", "-fPIC")


def build(program: Program, text: str) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """A function like `loss_and_gradients` of the NumPy module, running the C text.

    Sizes are constants there, so each precision and each set of sizes is compiled when it is first
    met. Raises BackproofError where there is no C compiler.
    """
    compiler = _compiler()
    leaves = {**program.parameters, **program.data}
    letters, slots = macros(program), workspace(program)
    wanted = dict(zip(program.gradients, program.derivation.wanted, strict=True))
    known: dict[tuple[Any, Sizes], Any] = {}

    def loss_and_gradients(parameters: Mapping[str, Any], *data: Any) -> tuple[Any, dict[str, Any]]:
        import numpy as np

        values = {**parameters, **dict(zip(program.data, data, strict=True))}
        first = next((values[p] for p, e in leaves.items() if e.shape != SCALAR), 0.0)
        real = np.result_type(np.asarray(first), np.float32)
        if real.itemsize > 8:
            real = np.dtype(float)
        sizes = _sizes(leaves, {p: np.shape(values[p]) for p in leaves})
        key = (real, tuple(sizes.items()))
        if key not in known:
            defined = [f"-D{letters[letter]}={size}" for letter, size in sizes.items()]
            if real.itemsize == 8:
                defined.append("-DREAL_IS_DOUBLE")
            known[key] = _library(compiler, text, defined, real.itemsize == 8)

        def packed(plains: Mapping[str, Expr]) -> Any:
            parts = [np.ravel(np.asarray(values[p], dtype=real)) for p in plains]
            return np.concatenate([*parts, np.zeros(1, real)])

        room = sum(math.prod(dim_value(d, sizes) for d in slot.sides) for slot in slots)
        shapes = {p: tuple(dim_value(d, sizes) for d in e.shape) for p, e in wanted.items()}
        out = np.empty(sum(math.prod(shape) for shape in shapes.values()) + 1, real)
        given, batch = packed(program.parameters), packed(program.data)
        work = np.empty(room + 1, real)
        loss = known[key](*(x.ctypes.data for x in (given, batch, out, work)))
        gradients: dict[str, Any] = {}
        place = 0
        for plain, shape in shapes.items():
            piece = out[place : place + math.prod(shape)]
            place += math.prod(shape)
            flat = wanted[plain].shape == SCALAR
            gradients[plain] = float(piece[0]) if flat else piece.reshape(shape)
        return loss, gradients

    return loss_and_gradients


def _compiler() -> list[str]:
    """The command of the C compiler: what CC says, or one that is found."""
    asked = shlex.split(os.environ.get("CC", ""))
    for words in (asked, ["cc"], ["gcc"], ["clang"]):
        if words and shutil.which(words[0]):
            return words
    raise BackproofError(
        "no C compiler was found to run the target c",
        hint="install gcc or clang, or name a compiler in the environment variable CC; "
        "the text itself needs none: emit(model, 'c')",
    )


def _library(compiler: list[str], text: str, defined: list[str], double: bool) -> Any:
    """The function of the compiled text. The files are gone afterwards, the code stays loaded."""
    with tempfile.TemporaryDirectory(prefix="backproof_") as folder:
        source, target = Path(folder, "model.c"), Path(folder, "model.so")
        source.write_text(text, encoding="utf-8")
        command = [*compiler, *FLAGS, *defined, "-o", str(target), str(source), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BackproofError(
                f"the C compiler {compiler[0]} failed: {done.stderr.strip()[:400]}",
                hint="name another compiler in the environment variable CC",
            )
        function = ctypes.CDLL(str(target)).loss_and_gradients
    function.restype = ctypes.c_double if double else ctypes.c_float
    function.argtypes = [ctypes.c_void_p] * 4
    return function


def _sizes(leaves: Mapping[str, Expr], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The number for each letter of a dimension; `n0+n1` tells n1 once n0 is known."""
    pairs: list[tuple[Dim, int]] = [
        pair
        for plain, e in leaves.items()
        if e.shape != SCALAR
        for pair in zip(e.shape, shapes[plain], strict=True)
    ]
    sizes: dict[str, int] = {}
    for _ in pairs:
        for dim, count in pairs:
            open_letters = [x for x in dim_letters(dim) if x not in sizes]
            if open_letters and len(set(open_letters)) == 1:
                rest = count - dim_value(dim, {**sizes, open_letters[0]: 0})
                sizes[open_letters[0]] = rest // len(open_letters)
    # Letters that stand in one sum only: how they share it makes no difference.
    for dim, count in pairs:
        for letter in dim_letters(dim):
            rest = count - dim_value(dim, {x: sizes.get(x, 1) for x in dim_letters(dim)})
            sizes.setdefault(letter, 1 + rest)
    return sizes
