"""Names with several meanings: the ways to read a line when a note defines a letter anew."""

from __future__ import annotations

from collections.abc import Iterator

from .calls import mentions
from .items import Environment, Item
from .roles import is_backward
from .scope import Definition, bases
from .sections import headings, section
from .terms import Add, D, Mul, Name, Num, Sum, Term, has, is_loss, names, walk

#: So many meanings of a name are tried at most.
_MOST = 4


class Meanings:
    """Which definitions of one note stand for the same letter, and where."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.starts = headings(env.note.text)
        #: Definitions that only drop the mean of the one before them: no other meaning.
        self.loosened: set[int] = set()
        #: Definitions that say the same as the one before them.
        self.equal: set[int] = set()
        #: Definitions that are taken for another meaning only because nothing speaks against it.
        self.guessed: set[int] = set()

    def section(self, at: int) -> int:
        """The section that equation number `at` stands in."""
        return section(self.env.items[at].equation.span.line, self.starts)

    def several(self, item: Item, barred: frozenset[int]) -> dict[str, list[Definition]]:
        """The names behind a line to which the note has given several meanings, the latest of them
        in another section, or one by a guess: what they mean here is a guess."""
        found: dict[str, list[Definition]] = {}
        for base in sorted(self.needed(item, barred)):
            meanings = [d for d in self.meanings(base) if d.at not in barred and d.at < item.at]
            if len(meanings) < 2:
                continue
            last = meanings[-1].at
            if last in self.guessed or self.section(last) != self.section(item.at):
                found[base] = meanings
        return found

    def repeats(self, item: Item) -> bool:
        """Whether a line says word for word what the latest definition of its name says."""
        again = item.definition
        if again is None:
            return False
        before = [d for d in self.meanings(again.name.base) if d.at < item.at]
        return bool(before) and (before[-1].name, before[-1].body) == (again.name, again.body)

    def others(self, meanings: list[Definition]) -> Iterator[frozenset[int]]:
        """The definitions to leave out to give a name another meaning: an earlier one, or any."""
        for kept in (*reversed(meanings[-_MOST:-1]), None):
            yield frozenset(d.at for d in meanings if d is not kept)

    def alike(self, meanings: list[Definition]) -> bool:
        """Whether several meanings of a name come to the same."""
        return all(d.at in self.equal for d in meanings[1:])

    def averaged(self, definition: Definition) -> bool:
        """Whether a definition before this one sums over samples."""
        found = self.env.scope.definitions.get(definition.name.base, ())
        samples = self.env.survey.samples
        return any(
            isinstance(part, Sum) and samples.issuperset(part.letters)
            for d in found
            if d.at < definition.at
            for part in walk(d.body)
        )

    def finer(self, definition: Definition, at: int) -> bool:
        """Whether an equal definition goes through quantities that the ones before it pass over:
        `f = q z` after `f = (x + y) z` and `q = x + y`. A step of a recursion needs one to start
        with: `delta^l = ... delta^{l+1}` says less than what delta is, also over another name."""
        scope = self.env.scope
        if mentions(definition.body, definition.name.base):
            return False
        own = {base for base in definition.needs if base in scope.definitions}
        own.discard(definition.name.base)
        older = [d for d in scope.definitions.get(definition.name.base, ()) if d.at < at]
        if any(map(is_backward, older)) and definition.name.base in scope.behind(own):
            return False
        named = {b for d in older for b in d.needs} - {definition.name.base}
        return bool(older) and not own <= scope.behind(named, parameters=False)

    def spells_out(self, definition: Definition, at: int) -> bool:
        """Whether a second definition gives the entries of what the same section defines as a
        whole: `a_i = e^{z_i} / ...` after `a = softmax(z)` is no new meaning."""
        survey = self.env.survey
        counted = [
            i.letter
            for i in definition.name.lower
            if i.letter and not survey.is_family(definition.name.base, i.letter, True)
        ]
        older = [d for d in self.env.scope.definitions[definition.name.base] if d.at < at]
        return (
            not is_loss(definition.name.base)
            and bool(older and set(counted) - survey.samples)
            and not older[-1].name.indices
            and self.section(older[-1].at) == self.section(at)
        )

    def works_out(self, definition: Definition, at: int) -> bool:
        """Whether a second definition says what the derivative comes to that the same section
        defines the name as, or says again that it is: `delta = (a - t) f'(z)` after `delta =
        dE/dz` is no new meaning, nor is `dw = \\eta delta x` after `dw = -\\eta dE/dw`. Nor is the
        step of a recursion, wherever it stands, or a formula in a section that has no E and no z of
        its own."""
        base = definition.name.base
        own = self.section(at)
        before = [d for d in self.env.scope.definitions[base] if d.at < at]
        if not has(definition.body, Sum | D) and any(
            _a_share_of_a_slope(d.body) and self.section(d.at) == own for d in before
        ):
            return True
        older = [
            d
            for d in before
            if _of_a_loss(d.body) and len(d.name.upper) == len(definition.name.upper)
        ]
        if not older:
            return False
        about = {name.base for name in names(older[-1].body)}
        given = self.env.scope.definitions
        anew = all(any(self.section(d.at) == own for d in given.get(b, ())) for b in about)
        said = (i for i in self.env.items[:at] if self.section(i.at) == own)
        return (
            self.section(older[-1].at) == own
            or not anew
            or mentions(definition.body, base)
            or any(isinstance(i.left, Name) and i.left.base == base and _of_a_loss(i.right)
                   for i in said)
        )  # fmt: skip

    def backward(self, definition: Definition) -> bool:
        """Whether a name stands for a derivative all along: what it comes to is a result, which no
        note is free to choose."""
        older = self.env.scope.definitions.get(definition.name.base, ())
        return is_backward(definition) and any(map(is_backward, older))

    def meanings(self, base: str) -> list[Definition]:
        """The definitions of a whole quantity that are no parts of one another."""
        found = self.env.scope.definitions.get(base, [])
        return [d for d in found if d.name == found[0].name and d.at not in self.loosened]

    def needed(self, item: Item, barred: frozenset[int]) -> set[str]:
        """The names of a line, and those of the definitions that it is read with: of several
        meanings the latest above it."""
        seen: set[str] = set()
        stack = list(bases(item.left) | bases(item.right))
        while stack:
            base = stack.pop()
            if base in seen:
                continue
            seen.add(base)
            meanings = [d for d in self.meanings(base) if d.at not in barred and d.at < item.at]
            for d in self.env.scope.definitions.get(base, ()):
                if d.at not in barred and (d not in meanings or d is meanings[-1]):
                    stack += d.needs
        return seen

    def involved(self, item: Item) -> set[str]:
        """The names of a line, and those of the definitions behind them."""
        return self.env.scope.behind(bases(item.left) | bases(item.right))


def _of_a_loss(body: Term | None) -> bool:
    """Whether a formula is the derivative of a loss, or what is against it, and nothing else."""
    if isinstance(body, Add) and len(body.terms) == 1:
        body = body.terms[0]
    return isinstance(body, D) and isinstance(body.of, Name) and is_loss(body.of.base)


def _a_share_of_a_slope(body: Term | None) -> bool:
    r"""Whether a formula is so much of the derivative of a loss: `-\eta dE/dw`."""
    if isinstance(body, Add) and len(body.terms) == 1:
        body = body.terms[0]
    factors = body.factors if isinstance(body, Mul) else ()
    slopes = [f for f in factors if not isinstance(f, Num | Name)]
    return len(slopes) == 1 and _of_a_loss(slopes[0]) and not any(
        f.indices for f in factors if isinstance(f, Name)
    )  # fmt: skip
