"""Small edits of an equation: what its author may have meant to write."""

from .context import Candidate, Change, Context, Shape
from .search import edits, mutate
from .strict import strict_forms

__all__ = ["Candidate", "Change", "Context", "Shape", "edits", "mutate", "strict_forms"]
