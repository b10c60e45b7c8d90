"""A pause for the garbage collector while many expressions are made.

Expressions are trees without cycles, and almost all of them stay. Looking through all of them
again and again for cycles takes a fifth of the time that a deep network needs.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Generator[None, None, None]:
    """No garbage collection inside; afterwards as before."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
