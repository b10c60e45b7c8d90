"""A derivation as a deck of slides for a browser, in one file."""

from __future__ import annotations

from .deck import deck

__all__ = ["deck"]
