"""How long the dimensions of a note's quantities are, where the note says which are equal.

A note whose equations fit together is read as `derive` reads it: every quantity has two dimensions,
and different ones get different lengths, so that a lost transpose does not fit by chance. A note
that does not fit together has no shapes; then all dimensions are alike (readings.py).
"""

from __future__ import annotations

from ..errors import BackproofError
from ..expr.model import Model
from ..expr.name import Name as Written
from ..expr.shape import Dim, Shape, dim_letters, dim_value
from ..notation.document import Document
from .scope import Place

#: Lengths in turn, in the order in which the note meets its dimensions.
_LENGTHS = (3, 4, 5)
#: A length that a note gives is kept if it is no longer than this.
LONGEST = 5
#: The step that an equation about step t is asked about.
_STEP = 2

_Key = tuple[str, str, tuple[int, ...]]


class Shapes:
    """The dimensions of one note. `columns`: samples are columns; `samples`: what counts them."""

    def __init__(self, model: Model) -> None:
        self.columns = model.columns
        self.samples = model.samples
        self.known: dict[_Key, Shape] = {}
        self.alike: dict[tuple[str, str], Shape | None] = {}
        self.lengths: dict[str, int] = {}
        for quantity in model.roles:
            shape: Shape = (_kept(quantity.shape[0]), _kept(quantity.shape[1]))
            name = _key(quantity.attr)
            self.known[name] = shape
            family = name[:2]
            same = self.alike.get(family, shape) == shape
            self.alike[family] = shape if same else None
            for letter in (letter for dim in shape for letter in dim_letters(dim)):
                if letter != self.samples and letter not in self.lengths:
                    self.lengths[letter] = _LENGTHS[len(self.lengths) % len(_LENGTHS)]

    @property
    def mixing(self) -> bool:
        """Whether samples are weighed against each other, as the words of a sentence are."""
        return any(shape == (self.samples, self.samples) for shape in self.known.values())

    def of(self, place: Place, samples: int) -> tuple[int, int] | None:
        """The shape of a whole quantity when there are so many samples, if the note says it."""
        base, _, label = place.base.partition(":")
        stem = base.rstrip("0123456789")
        numbers = (*place.upper, *place.lower)
        if stem != base:
            numbers = (int(base[len(stem) :]), *numbers)
        shape = self.known.get((stem, label, numbers)) or self.alike.get((stem, label))
        if shape is None:
            return None
        lengths = {**self.lengths, self.samples: samples}
        return dim_value(shape[0], lengths), dim_value(shape[1], lengths)

    def length(self, text: str, samples: int) -> int | None:
        """What a symbol counts, if it is the name of a dimension: `d`, `n1`."""
        return samples if text == self.samples else self.lengths.get(text)


def shapes(note: Document) -> Shapes | None:
    """The shapes of a note whose equations fit together."""
    from ..notation.lower.model import lower

    try:
        return Shapes(lower(note))
    except BackproofError:
        return None


def _kept(dim: Dim) -> Dim:
    """A dimension whose number is too large to compute with gets a letter."""
    return f"#{dim}" if isinstance(dim, int) and dim > LONGEST else dim


def _key(name: Written) -> _Key:
    """A name of the model as the parts that a place of the checker has, too."""
    base = " ".join([*reversed(name.marks), name.base]) + "'" * name.primes
    if base.endswith("2") and not name.layer:
        base = f"{base[:-1]}^2"  # what is only defined as a square
    numbers = [int(name.layer)] if name.layer.isdigit() else []
    label = name.sub if name.layer.isdigit() or not name.layer else f"{name.layer},{name.sub}"
    step = label.partition("-")
    if len(step[0]) == 1 and (step[2].isdigit() or step[0] == "t"):
        numbers.append(_STEP - int(step[2] or "0"))
        label = ""
    return base, label, tuple(numbers)
