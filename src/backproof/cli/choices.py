"""Choices that several commands offer."""

from __future__ import annotations

import click

LANGUAGES = click.Choice(["en", "ko"])
