"""Answers written so that they are not read by accident. A page cannot keep a secret: it has to
know the answer itself."""

from __future__ import annotations

from base64 import b64encode
from json import dumps


def hidden(value: object) -> str:
    """A value as characters from which a glance does not tell it; `Lesson.opened` reads it."""
    plain = dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return b64encode(bytes(b ^ ((i * 7 + 91) & 255) for i, b in enumerate(plain))).decode()


def packed(value: object) -> str:
    """The same for a notebook, which reads it with what Python has."""
    return b64encode(dumps(value, separators=(",", ":")).encode()).decode()
