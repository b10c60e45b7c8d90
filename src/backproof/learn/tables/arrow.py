"""pyarrow, which comes without types, by its parts; loaded where it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def arrow(part: str = "") -> Any:
    """`pyarrow`, or one of its modules: `arrow("compute")`.

    Raises ModuleNotFoundError where it is not installed.
    """
    return import_module(f"pyarrow.{part}" if part else "pyarrow")
