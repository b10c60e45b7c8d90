"""The shell of a self-contained page, which every form for a browser is put into."""

from __future__ import annotations

from .shell import data, page, source

__all__ = ["data", "page", "source"]
