"""Which lines of a note do not hold: `backproof.check(text_or_path)`.

The door has the name of its package, and Python keeps a package under its name in the one above
it; so the package itself can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .report import Report


class _Door(ModuleType):
    def __call__(self, source: Any, **options: Any) -> Report:
        """See `backproof.check.check.check`."""
        from .check import check

        return check(source, **options)


sys.modules[__name__].__class__ = _Door
