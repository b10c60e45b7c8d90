"""Texts that take a while to make, kept in the user's cache folder for later processes."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

_FLOORS = ("expr", "notation", "laws", "calculus", "code", "learn")


def folder() -> Path:
    """Where the platform keeps what programs can make again."""
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base) / "backproof"


def remembered(key: str, make: Callable[[], str]) -> str:
    """The text that `make` gives for this key, from the cache folder if an earlier process has left
    it there.

    A folder that can't be read or written costs time and nothing else.
    """
    name = hashlib.sha256(f"{_edition()}\n{key}".encode()).hexdigest()[:32]
    try:
        path = folder() / "derived" / f"{name}.json"
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, RuntimeError):  # RuntimeError: there is no home
        text = make()
    with suppress(OSError, RuntimeError):
        write_whole(folder() / "derived" / f"{name}.json", text)
    return text


@cache
def _edition() -> str:
    """What changes whenever the code that makes the texts does."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for floor in _FLOORS:
        for directory, _, _ in os.walk(root / floor):
            with os.scandir(directory) as found:
                for entry in sorted(found, key=lambda e: e.name):
                    if entry.name.endswith((".py", ".lark")):
                        is_now = entry.stat()
                        told = f"{entry.name} {is_now.st_size} {is_now.st_mtime_ns}\n"
                        digest.update(told.encode())
    return digest.hexdigest()


def write_whole(path: Path, text: str, *, first: bool = False) -> None:
    """Write a file that other processes may read at the same time: all of it or nothing; with
    `first`, only if no other process has just made it. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if first and _linked(temporary, path):
            os.unlink(temporary)
        else:
            os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _linked(made: str, path: Path) -> bool:
    """Whether the file is there now, and was not there before or is the same; where there are no
    hard links, no."""
    try:
        os.link(made, path)
    except FileExistsError:
        return path.read_bytes() == Path(made).read_bytes()
    except OSError:
        return False
    return True
