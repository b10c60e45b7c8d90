"""Numbers: a small sample worked through the network, and the panel of a page that trains on it."""

from __future__ import annotations

from .sample import Sample, Surface, trained, worked_sample

__all__ = ["Sample", "Surface", "trained", "worked_sample"]
