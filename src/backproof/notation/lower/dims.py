"""Dimensions while they are worked out: which ones are equal, and what they will be called."""

from __future__ import annotations

from collections.abc import Iterable

from ...expr.shape import Dim, Shape, add_dims
from .trail import Trail

BATCH, FEATURE = "batch", "feature"


class Dims:
    r"""Union-find over open dimensions (`?7`), undone by the trail.

    The dimension of the samples is never made equal to one of features. A letter that the note
    declares (`\in \mathbb{R}^{h \times n}`) is rigid: two of those never become equal, and none 1.
    """

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._bound: dict[str, Dim] = {}
        self._kind: dict[str, str] = {}
        self._rigid: dict[str, str] = {}
        self._called: dict[str, str] = {}
        self._letters: dict[str, str] = {}
        self._several: dict[str, bool] = {}
        self._count = 0

    def fresh(self, kind: str = "") -> str:
        """A new open dimension."""
        self._count += 1
        dim = f"?{self._count}"
        if kind:
            self._trail.put(self._kind, dim, kind)
        return dim

    def letter(self, letter: str, *, rigid: bool = False) -> Dim:
        """The dimension that the note calls by this letter."""
        found = self._letters.get(letter)
        if found is None:
            found = self.fresh()
            self._trail.put(self._letters, letter, found)
            self._trail.put(self._called, found, letter)
        if rigid:
            root = self.find(found)
            if isinstance(root, str) and root not in self._rigid:
                self._trail.put(self._rigid, root, letter)
        return found

    def known_letter(self, letter: str) -> bool:
        return letter in self._letters

    def find(self, dim: Dim) -> Dim:
        """What is known about a dimension: a number, an open one that stands for all equal ones, or
        a sum of those."""
        if isinstance(dim, int):
            return dim
        if "+" in dim:
            return add_dims(tuple(self.find(_part(p)) for p in dim.split("+")))
        bound = self._bound
        while dim in bound:
            step = bound[dim]
            if isinstance(step, int) or "+" in step:
                return self.find(step)
            dim = step
        return dim

    def shape(self, shape: Shape) -> Shape:
        return (self.find(shape[0]), self.find(shape[1]))

    def kind(self, dim: Dim) -> str:
        root = self.find(dim)
        return self._kind.get(root, "") if isinstance(root, str) else ""

    def is_batch(self, dim: Dim) -> bool:
        return self.kind(dim) == BATCH

    def is_open(self, dim: Dim) -> bool:
        """Whether nothing but equalities is known about the dimension."""
        root = self.find(dim)
        return isinstance(root, str) and "+" not in root and root not in self._rigid

    def unify(self, a: Dim, b: Dim) -> bool:
        """Make two dimensions equal; False, and nothing changed, where they can't be."""
        mark = self._trail.mark
        if self._unify(a, b):
            return True
        self._trail.back_to(mark)
        return False

    def _unify(self, a: Dim, b: Dim) -> bool:
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if isinstance(a, int):
            a, b = b, a
        if isinstance(a, int):
            return False
        if isinstance(b, int):
            return "+" not in a and self._bind_number(a, b)
        if "+" in a and "+" in b:
            return self._unify_sums(a.split("+"), b.split("+"))
        if "+" in a:
            a, b = b, a
        if "+" in b:
            if a in b.split("+") or self._kind.get(a) == BATCH or a in self._rigid:
                return False
            self._trail.put(self._bound, a, b)
            return True
        return self._join(a, b)

    def _join(self, a: str, b: str) -> bool:
        kinds = {self._kind.get(a), self._kind.get(b)} - {None}
        if len(kinds) > 1:
            return False
        rigid = {self._rigid.get(a), self._rigid.get(b)} - {None}
        if len(rigid) > 1:
            return False
        put = self._trail.put
        put(self._bound, a, b)
        for kind in kinds:
            put(self._kind, b, kind)
        for letter in rigid:
            put(self._rigid, b, letter)
        if a in self._several:
            put(self._several, b, True)
        if b not in self._called and a in self._called:
            put(self._called, b, self._called[a])
        return True

    def _bind_number(self, a: str, number: int) -> bool:
        if number == 1 or a in self._rigid:
            return False
        self._trail.put(self._bound, a, number)
        return True

    def _unify_sums(self, a: list[str], b: list[str]) -> bool:
        return len(a) == len(b) and all(
            self._unify(_part(x), _part(y)) for x, y in zip(a, b, strict=True)
        )

    def has_several(self, dim: Dim) -> None:
        """Remember that a dimension is not 1: what a softmax runs over."""
        root = self.find(dim)
        if isinstance(root, str) and "+" not in root:
            self._trail.put(self._several, root, True)

    def make_one(self, dim: Dim) -> bool:
        """Decide that an open dimension of features is 1: one output."""
        root = self.find(dim)
        if isinstance(root, int):
            return root == 1
        if "+" in root or root in self._rigid or root in self._several:
            return False
        if self._kind.get(root) == BATCH:
            return False
        self._trail.put(self._bound, root, 1)
        return True

    def called(self, dim: Dim) -> str:
        """The letter that the note has for a dimension, or nothing."""
        root = self.find(dim)
        if isinstance(root, int):
            return ""
        return self._rigid.get(root) or self._called.get(root, "")

    def letters(self, order: Iterable[Dim], taken: set[str]) -> dict[str, Dim]:
        """A number or a final letter for every open dimension, named in the given order.

        `taken` are the names of quantities, which a dimension should not share.
        """
        roots: dict[str, None] = {}
        for dim in order:
            for part in _parts(self.find(dim)):
                roots.setdefault(part)
        names = {r: self.called(r) for r in roots}
        used = set(taken)
        final: dict[str, Dim] = {}
        for root in roots:
            name = names[root]
            if name and (name not in used or root in self._rigid):
                final[root] = name
                used.add(name)
        count = 0  # of all feature dimensions, so that n1 is the first hidden layer's
        for root in roots:
            batch = self._kind.get(root) == BATCH
            if root not in final:
                name = "m" if batch and "m" not in used else f"n{count}"
                while name in used:
                    count += 1
                    name = f"n{count}"
                final[root] = name
                used.add(name)
            count += not batch
        return final

    def everything(self, final: dict[str, Dim]) -> dict[str, Dim]:
        """`final` spread to every open dimension that was ever made."""
        out: dict[str, Dim] = {}
        for number in range(1, self._count + 1):
            dim = f"?{number}"
            root = self.find(dim)
            if isinstance(root, int):
                out[dim] = root
            else:
                parts = [final.get(str(p), p) for p in _parts(root, numbers=True)]
                out[dim] = add_dims(tuple(parts))
        return out


def _part(text: str) -> Dim:
    return int(text) if text.isdigit() else text


def _parts(dim: Dim, *, numbers: bool = False) -> list[str]:
    if isinstance(dim, int):
        return []
    found = [_part(p) for p in dim.split("+")]
    return [p for p in found if numbers or isinstance(p, str)]  # pyright: ignore
