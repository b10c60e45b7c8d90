"""What the tests of trees share: the formulas of the notes, and equality apart from places."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from backproof.errors import Span
from backproof.notation.document import Document, document, read_document
from backproof.notation.syntax import Relation, Tree

ROOT = Path(__file__).parents[2]
FOREIGN = ROOT.parent / "shared" / "notes"
NOTES = sorted(p for d in (ROOT / "examples", FOREIGN) for p in d.glob("*.md"))


def plain(tree: Any) -> Any:
    """A tree as nested tuples, without its places."""
    if isinstance(tree, tuple):
        return tuple(plain(part) for part in tree)  # pyright: ignore[reportUnknownVariableType]
    if not hasattr(tree, "__dataclass_fields__"):
        return tree
    parts = (getattr(tree, f.name) for f in fields(tree))
    return (type(tree).__name__, *(plain(p) for p in parts if not isinstance(p, Span)))


def formula(text: str) -> Tree:
    """The one statement of this LaTeX text."""
    note = document(f"$${text}$$", "markdown")
    assert not note.unread, text
    assert not note.broken, text
    assert len(note.statements) == 1, text
    return note.statements[0].tree


def sides(text: str) -> tuple[Tree, Tree]:
    tree = formula(text)
    assert isinstance(tree, Relation)
    left, right = tree.sides
    assert left is not None
    assert right is not None
    return left, right


def equations(note: Document) -> Iterator[tuple[Tree, Tree]]:
    """The displayed equations of a note with two sides."""
    for statement in note.statements:
        tree = statement.tree
        if statement.display and isinstance(tree, Relation) and tree.operators == ("=",):
            left, right = tree.sides
            if left is not None and right is not None:
                yield left, right


def note_of(path: Path) -> Document:
    return read_document(path)
