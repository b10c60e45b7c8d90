"""Numbers for the index letters of an equation."""

from __future__ import annotations

from collections.abc import Iterator

from .facts import Survey
from .ranges import Ranges
from .readings import Reading
from .stand import Stand, constants, world_of
from .state import FAMILY
from .terms import Compare, Name, Sum, Term, free_letters, names, walk


def _along(known: Ranges, free: list[str]) -> Iterator[dict[str, int]]:
    """Places in the middle of sequences, and at one end."""
    for start in (1, 2, 0):
        found: dict[str, int] = {}
        for at, letter in enumerate(free):
            low, high = known.letters.get(letter, (known.first, known.first + 2))
            found[letter] = low + (start + at) % (high - low + 1)
        yield found


def assignments(
    stand: Stand, reading: Reading, left: Term, right: Term
) -> Iterator[dict[str, int]]:
    """Numbers for the free index letters of an equation, and for those that definitions take from
    it: all different ones first."""
    spans = dict[str, int]() if reading.sequence else _spans((left, right), stand.scope.survey)
    for chosen in _assigned(stand, reading, left, right):
        yield chosen | {x: at for x, at in spans.items() if x in chosen}


def _spans(sides: tuple[Term, Term], survey: Survey) -> dict[str, int]:
    """Steps that a product or a sum runs between, some apart: from `k + 1` to `t`."""
    found: dict[str, int] = {}
    for part in walk(sides):
        if isinstance(part, Sum) and isinstance(part.upper, Name) and part.lower is not None:
            begun = dict.fromkeys((n.base for n in names(part.lower)), 1)
            if begun and part.upper.base in survey.family_letters:
                found |= {part.upper.base: FAMILY} | begun
    return found


def _assigned(stand: Stand, reading: Reading, left: Term, right: Term) -> Iterator[dict[str, int]]:
    survey = stand.scope.survey
    fixed = constants(stand.scope)
    free: list[str] = []
    # `P(o | c)` has its letters as arguments
    written = {x for _, spelled in survey.spelled for x in spelled}
    chosen = sorted({n.base for n in names((left, right)) if not n.indices} & written)
    borrowed = [*sorted(stand.scope.dangling), *chosen]
    for letter in [*free_letters(left), *free_letters(right), *borrowed]:
        if letter not in free and letter not in {*fixed, *survey.classes}:
            free.append(letter)
    families = [x for x in free if x in survey.family_letters]
    samples = [x for x in free if x in survey.samples]
    entries = [x for x in free if x not in families and x not in samples]
    last = {x: at for x in entries if (at := _last(x, survey, reading))}
    entries = [x for x in entries if x not in last]
    steps = last | {x: 1 if x in survey.lone_steps else 2 for x in families}
    base = steps | {x: min(2, reading.samples) for x in samples}
    if reading.sequence:
        yield from _along(survey.ranges, free)
        return
    if reading.size == 1:
        yield base | dict.fromkeys(entries, 1)
        return
    if not entries:
        yield base
        return
    lengths = [reading.size for _ in entries]
    if reading.shapes is not None:
        world = world_of(stand, reading, 0, base, set(base), digits=False)
        lengths = [world.extent(x, left, right) or reading.size for x in entries]
    for first in (0, 1):
        chosen = [(first + at) % length + 1 for at, length in enumerate(lengths)]
        yield base | dict(zip(entries, chosen, strict=True))
    apart = base | {x: at % lengths[at] + 1 for at, x in enumerate(entries)}
    for one, other in _told_apart((left, right), entries):
        yield apart | dict.fromkeys((one, other), min(apart[one], apart[other]))


def _last(letter: str, survey: Survey, reading: Reading) -> int:
    r"""The number of the last one, where a letter says how many there are: the m of `h_m`, beside
    `\sum_{i=1}^m h_i`. 0 if it is any other letter."""
    if letter in survey.bound | survey.family_letters or not (letter.isupper() or letter in "mn"):
        return 0  # the i of `\sum_{k=1}^i` runs, too
    if letter in survey.sample_counts:
        return reading.samples
    return reading.size if letter in survey.counts else 0


def _told_apart(sides: tuple[Term, Term], entries: list[str]) -> set[tuple[str, str]]:
    r"""The letters that a line compares: `p_i (\delta_{ij} - p_j)` is about `i = j` as well."""
    found: set[tuple[str, str]] = set()
    for part in walk(sides):
        pair: list[str] = []
        if isinstance(part, Compare) and part.relation in ("=", "!="):
            pair = [s.base for s in (part.left, part.right) if isinstance(s, Name)]
        elif isinstance(part, Name) and part.base == "delta" and len(part.lower) == 2:
            pair = [i.letter for i in part.lower if not i.shift]
        if len(pair) == 2 and pair[0] != pair[1] and {*pair} <= {*entries}:
            found.add((pair[0], pair[1]))
    return found
