"""Every sentence a reader sees. A language is a folder of sentences beside this
one, keyed alike.

A sentence is a `str.format` template: `say("phrase.gradient of", "ko", name="W1")`.

>>> languages()
['en', 'ko']
>>> say("heading.model")
'The model'
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from .korean import fill

_FOLDER = files(__name__)

# What a language asks for beyond putting the fields in.
_GRAMMAR: dict[str, Callable[[str, Mapping[str, object]], str]] = {"ko": fill}


def say(key: str, language: str = "en", **fields: object) -> str:
    """The sentence `key` in `language`, with its fields filled in.

    `key` is the table and the name in it, joined by a dot: `"law.derivative of log"`. Fields that
    the sentence does not use are left aside, so a language need not mention all of them.

    Raises:
        KeyError: no such language, no such sentence in it, or a field of the sentence is missing.

    >>> say("law.derivative of log", "ko")
    '로그를 미분하면 역수가 된다'
    """
    sentences = _sentences(language)
    if key not in sentences:
        raise KeyError(f"no sentence {key!r} in language {language!r}")
    write = _GRAMMAR.get(language, str.format_map)
    try:
        return write(sentences[key], fields)
    except KeyError as missing:
        raise KeyError(f"sentence {key!r} in language {language!r} needs {missing}") from None


def languages() -> list[str]:
    """The languages there are, by their folders' names."""
    return sorted(e.name for e in _FOLDER.iterdir() if e.joinpath("derivation.toml").is_file())


def keys(language: str = "en") -> list[str]:
    """The keys of all sentences of a language, in the order of its files."""
    return list(_sentences(language))


@cache
def _sentences(language: str) -> dict[str, str]:
    if language not in languages():
        raise KeyError(f"no language {language!r}: there are {', '.join(languages())}")
    found: dict[str, str] = {}
    for entry in sorted(_FOLDER.joinpath(language).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            found |= _flat(tomllib.loads(entry.read_text(encoding="utf-8")))
    return found


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(cast("dict[str, Any]", value), f"{prefix}{name}.")
        else:
            yield prefix + name, value
