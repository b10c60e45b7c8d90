"""The project's own derivations: not flagged as they are, and flagged with one error in them."""

from __future__ import annotations

from . import mutations
from .derived_notes import EXAMPLES, derived

SAMPLE = 75


#: What the checker is to reach, and reaches: only ever better.
CAUGHT, FLAGGED = 0.95, 0


def test_no_more_lines_of_right_derivations_are_flagged_than_before() -> None:
    tally = mutations.Tally()
    mutations.try_unchanged(EXAMPLES, tally)
    assert len(tally.flagged) <= FLAGGED, "\n".join(tally.lines())


def test_no_fewer_errors_of_every_kind_are_caught_at_their_line_than_before() -> None:
    tally = mutations.Tally()
    mutations.try_out(mutations.sample(SAMPLE), tally)
    assert set(tally.seeded) == set(mutations.KINDS)
    assert tally.share() >= CAUGHT, "\n".join(tally.lines())


def test_an_error_stands_where_the_suite_says_and_changes_nothing_else() -> None:
    for path, mutation in mutations.sample(30):
        note = derived(path)
        before = note.text().splitlines()
        after = note.text(mutation.at, mutation.display).splitlines()
        changed = [i + 1 for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
        assert changed == [note.line_number(mutation.at)]


def test_every_example_takes_errors_of_several_kinds() -> None:
    for path in EXAMPLES:
        kinds = {mutation.kind for mutation in mutations.chosen(path, 1)}
        assert len(kinds) >= 4, (path.name, kinds)
