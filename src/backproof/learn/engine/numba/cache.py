"""Emitted source text as modules: files in the user's cache folder, and Numba's machine code beside
them, so that a later process compiles nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from ...cache import folder, write_whole

_TEMPORARY: list[tempfile.TemporaryDirectory[str]] = []


def module(text: str) -> ModuleType:
    """The module that this text makes; the same one for the same text."""
    name = "backproof_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    if name in sys.modules:
        return sys.modules[name]
    path = _written(text, name)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    try:
        spec.loader.exec_module(made)
    except BaseException:
        del sys.modules[name]
        raise
    return made


def _written(text: str, name: str) -> Path:
    try:
        return _write(text, folder() / "numba" / f"{name}.py")
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        if not _TEMPORARY:
            _TEMPORARY.append(tempfile.TemporaryDirectory(prefix="backproof-"))
        return _write(text, Path(_TEMPORARY[0].name) / f"{name}.py")


def _write(text: str, path: Path) -> Path:
    """Leaves a file that is right alone, one that another process has just made as well: Numba goes
    by its time, and would compile again."""
    with suppress(FileNotFoundError, UnicodeDecodeError):
        if path.read_text(encoding="utf-8") == text and os.access(path.parent, os.W_OK):
            return path
    write_whole(path, text, first=True)
    return path
