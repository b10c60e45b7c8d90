"""What holds for every edit of every equation of the notes."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from random import Random

import pytest

from backproof.check.edits import Candidate, Context, edits
from backproof.check.edits.changes import read
from backproof.check.edits.trees import key
from backproof.check.unparse import unparse
from backproof.errors import Span
from backproof.notation.document import Document, document
from backproof.notation.syntax import Derivative, Relation, Script, Symbol, Tree

from .trees import NOTES, equations, formula, note_of

_EQUATIONS = 3  # of each note
_EDITS = 25  # of each equation


def _context(note: Document) -> Context:
    """The names that the note gives a meaning, half of them as parameters."""
    names: dict[object, Tree] = {}
    for left, _ in equations(note):
        named = left.by[0] if isinstance(left, Derivative) else left
        if isinstance(named, Symbol | Script):
            names[key(named)] = named
    found = tuple(names.values())[:20]
    return Context(
        quantities=found[::2],
        parameters=found[1::2],
        scalars=(formula(r"\lambda"),),
        functions=(formula(r"\sigma"), formula("g"), formula("f")),
        count=formula("m"),
        sample=formula("i"),
        text=note.text,
    )


@cache
def _samples(path) -> list[tuple[Tree, Tree, list[Candidate]]]:
    """Some equations of a note, each with all of its edits, up to a few hundred."""
    note = note_of(path)
    context = _context(note)
    found = list(equations(note))
    some = Random(path.name).sample(found, min(_EQUATIONS, len(found)))
    return [(a, b, list(islice(edits(a, b, context), 400))) for a, b in some]


def _some(path) -> Iterator[Candidate]:
    for _, _, found in _samples(path):
        yield from Random(1).sample(found, min(_EDITS, len(found)))


@pytest.mark.parametrize("path", NOTES, ids=lambda p: p.stem)
def test_no_edit_comes_twice_or_changes_nothing(path):
    for left, right, found in _samples(path):
        marks = [(key(left), key(right)), *((key(c.left), key(c.right)) for c in found)]
        assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("path", NOTES, ids=lambda p: p.stem)
def test_every_edit_can_be_printed_and_read_back(path):
    for candidate in _some(path):
        for tree in (candidate.left, candidate.right):
            text = unparse(tree)
            assert key(read(text, "latex")) == key(tree), text


@pytest.mark.parametrize("path", NOTES, ids=lambda p: p.stem)
def test_the_changes_of_an_edit_make_it_in_the_text_and_nothing_else(path):
    note = note_of(path)
    before = [key(s.tree) for s in note.statements]
    changed = 0
    for candidate in islice(_some(path), 0, None, 12):
        changes = candidate.changes
        if not changes:
            continue
        changed += 1
        text = note.text
        for change in reversed(changes):
            start, end = _offsets(note.text, change.span)
            text = text[:start] + change.text + text[end:]
        after = document(text, note.kind).statements
        assert len(after) == len(before)
        others = [s for s, old in zip(after, before, strict=True) if key(s.tree) != old]
        assert len(others) == 1, text
        assert _holds(others[0].tree, candidate), unparse(others[0].tree)
    assert changed or not equations_of(path)


def _holds(tree: Tree, candidate: Candidate) -> bool:
    assert isinstance(tree, Relation)
    return [key(side) for side in tree.sides] == [key(candidate.left), key(candidate.right)]


def equations_of(path) -> list[tuple[Tree, Tree]]:
    return list(equations(note_of(path)))


def _offsets(text: str, span: Span) -> tuple[int, int]:
    lines = text.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + column - 1

    return offset(span.line, span.column), offset(span.end_line, span.end_column)


@pytest.mark.parametrize(("terms", "most"), [(40, 1300), (250, 700), (2000, 0)])
def test_a_long_sum_has_no_more_edits_than_anyone_would_look_at(terms, most):
    right = formula(" + ".join(f"a_{{{i}}} b" for i in range(terms)))
    assert len(list(edits(formula("y"), right, Context(count=formula("m"))))) <= most
