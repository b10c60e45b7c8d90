"""The native code of an engine as one text, and the symbols that it links to."""

from __future__ import annotations

import ctypes
import importlib
import re
import sys
from collections.abc import Sequence
from importlib.resources import files
from types import ModuleType
from typing import Any

from backproof.learn.engine.numba import cache

_PARTS = "scalars native fields elementwise products layers update lanes epoch".split()
_OWN_IMPORT = re.compile(
    r"^from backproof\.[\w.]+ import (?:\([^)]*\)|[^\n]*)[^\n]*\n", flags=re.MULTILINE
)
_linked: set[str] = set()


def generic(kind: str, elementwise: str) -> str:
    """The text of the generic engine for floats of this kind, with these entrywise functions."""
    return _joined(kind, _PARTS, elementwise)


def tiles(kind: str) -> Any:
    """The module of products by tiles; it is compiled as it is made, and stays."""
    return cache.module(_joined(kind, ["native", "fields", "tile", "tiles"]))


def _joined(kind: str, names: Sequence[str], elementwise: str = "") -> str:
    kernels = files("backproof.learn.engine.numba.kernels")
    parts = ["import math"]
    for name in names:
        if name == "elementwise":
            parts.append(elementwise)
            continue
        part = (kernels / f"{name}.py").read_text(encoding="utf-8")
        parts.append(_OWN_IMPORT.sub("", part))
    return "\n\n".join(parts).replace("F = np.float32", f"F = np.{kind}")


def load(text: str, kind: str) -> ModuleType:
    _link(kind)
    return cache.module(text)


def _link(kind: str) -> None:
    """Make known where BLAS, the tiles and the system's yield are, under the names that the text
    uses."""
    if kind in _linked:
        return
    llvm: Any = importlib.import_module("llvmlite.binding")
    capsules = importlib.import_module("scipy.linalg.cython_blas").__pyx_capi__
    capsule: Any = capsules["sgemm" if kind == "float32" else "dgemm"]
    name, place = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    place.restype, place.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    llvm.initialize_native_asmparser()
    llvm.add_symbol(f"backproof_gemm_{kind}", place(capsule, name(capsule)))
    if sys.platform == "win32":
        give_way = ctypes.windll.kernel32.SwitchToThread
    else:
        give_way = ctypes.CDLL(None).sched_yield
    llvm.add_symbol("backproof_yield", ctypes.cast(give_way, ctypes.c_void_p).value)
    llvm.add_symbol(f"backproof_tiles_{kind}", tiles(kind).tiles.address)
    _linked.add(kind)
