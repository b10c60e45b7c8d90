"""The example notes: `examples/` of a checkout, and part of every installed package.

>>> names()[2:]
['with_mistakes/one_layer_en.md', 'with_mistakes/one_layer_ko.md']
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parents[2] / "examples"


def _folder() -> Path:
    """Installed, the notes lie beside this file; in a checkout, they lie where its readers look."""
    return _HERE if any(_HERE.glob("*.md")) else _CHECKOUT


def names() -> list[str]:
    """The file names of the bundled notes, in their folder."""
    bundled = ("two_layer_*.md", "with_mistakes/*.md")
    found = (note for pattern in bundled for note in _folder().glob(pattern))
    return sorted(note.relative_to(_folder()).as_posix() for note in found)


def path(name: str) -> Path:
    """The bundled note called `name`, as a file that can be read.

    >>> path("two_layer_en.md").is_file()
    True
    """
    if name not in names():
        raise FileNotFoundError(f"no example is called {name!r}: there are {', '.join(names())}")
    return _folder() / name
