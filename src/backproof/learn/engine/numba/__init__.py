"""The engine of a CPU: an epoch is one native call, shared by threads."""

from .engine import NumbaEngine

__all__ = ["NumbaEngine"]
