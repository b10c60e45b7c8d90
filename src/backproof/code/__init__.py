"""Code: a derivation as a program, spelled for an engine."""

from .compiled import Compiled, compile, emit

__all__ = ["Compiled", "compile", "emit"]
