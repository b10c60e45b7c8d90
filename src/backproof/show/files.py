"""Writing files: whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BackproofError


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A file beside `path` to write to, which takes its place if nothing goes wrong meanwhile, and
    is gone if something does. A device or a pipe is written to itself.

    Raises BackproofError where that is not possible.
    """
    held = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise BackproofError(f"{path} is a folder", hint="name a file in it")
        if path.exists() and not path.is_file():
            yield path
            return
        try:
            yield held
            held.replace(path)
        finally:
            held.unlink(missing_ok=True)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise BackproofError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="make room on the disk" if full else "check the folder and its permissions",
        ) from None


def save(path: Path, content: str | bytes) -> None:
    """Write a text or bytes to a file, which is replaced only once all of it is written.

    Raises BackproofError where that is not possible.
    """
    data = content.encode() if isinstance(content, str) else content
    with replacing(path) as held, held.open("wb") as file:
        file.write(data)


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a file, or replace it and keep its permissions; where it is a link, what it leads to.

    Raises BackproofError where that is not possible or not wanted: a file that is read-only.
    """
    path = path.resolve()
    mode = path.stat().st_mode & 0o7777 if path.is_file() else None
    if mode is not None and not (mode & 0o222 and os.access(path, os.W_OK)):
        raise BackproofError(f"{path} is read-only", hint="allow writing, or name another with -o")
    with replacing(path) as held:
        held.write_bytes(data)
        if mode is not None and held != path:
            held.chmod(mode)


def make_folder(path: Path) -> None:
    """Make a folder if it is not there. Raises BackproofError where that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackproofError(
            f"the folder {path} cannot be made: {error.strerror or error}",
            hint="name another one with -o",
        ) from None
