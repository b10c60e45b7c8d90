"""The verdict on one equation after the other of a note, and what is to be said about it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from ..notation.lower.trees import walk
from .arithmetic import worked_out
from .assumed import taken
from .claimed import UNLINKED, Claims
from .diagnose import Blame, Diagnostician, counterexample
from .dimensions import product_of_shapes
from .environment import differences
from .items import Environment, Item
from .judge import outcome
from .limits import Limits
from .lint import misplaced, slip, within
from .offsets import starts_with_bias
from .readings import Reading
from .report import Finding
from .rings import needs_itself
from .roles import is_backward
from .rolling import takes_the_place
from .scope import Definition
from .stand import Stand
from .stands import WITNESSES
from .terms import Call, is_loss, literal, names
from .unparse import unparse
from .verdict import Judgement, judgement
from .worked import Worked


class Checker(Claims):
    """One note being judged."""

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        self.loose: set[int] = set()
        self.slipped = False
        self.limits = Limits(env.note.statements, env.survey)
        self.diagnostician = Diagnostician(env, self.readings)
        self.worked = Worked(env, self.readings)

    def judge(self, item: Item) -> Judgement:
        """The verdict on one equation."""
        found = self.judged(item)
        if found.verdict in ("undecided", "wrong") and item.right and literal(item.right):
            found = self.worked.judged(item, self.stands(item.at)[0]) or found
        if not self.limits.wrong:
            return found
        fresh = (item.equation.right, *((item.equation.left,) if item.equation.start else ()))
        nodes = (node for side in fresh for node in walk(side))
        if found.verdict != "wrong" and any(id(node) in self.limits.wrong for node in nodes):
            return Judgement("wrong", "limit")
        return found

    def judged(self, item: Item) -> Judgement:
        """The verdict by what an equation says."""
        if item.role == "unclear":
            reason = item.reason
            return Judgement("undecided", reason.key if reason else "undecided", reason=reason)
        if item.left is None or item.right is None:
            return Judgement("holds")  # shapes that fit together
        kind = slip(item.right, self.env.survey)
        if kind == "off by one":
            # the definition has been told of: a line with its sum is right if it holds
            kind = "" if self.slipped and item.role == "claim" else kind
            self.slipped = True
        if misplaced((item.equation.left, item.equation.right)):
            kind = "misplaced operand"
        if kind == "convention" and item.definition is not None:
            # what follows is about the loss that was meant, not about another one further up
            base = item.definition.name.base
            given = self.env.scope.definitions.get(base, ())
            self.barred |= {d.at for d in given if d.at <= item.at}
            self.broken.add(base)
        if kind:
            return Judgement("wrong", kind)
        if item.role == "definition":
            return Judgement("holds")
        if item.role == "again":
            return self.again(item)
        fits = product_of_shapes(item.equation.left, item.equation.right)
        found = Judgement("holds") if fits else self.claim(item)
        if fits is False and found.verdict == "wrong":
            return Judgement("undecided", "not an equality of numbers")
        return found

    def carried(self, item: Item, found: Judgement) -> Judgement | None:
        """The verdict on a result in a display of its own that follows from a loose line: it is
        what a reader takes along, and no stricter than that line."""
        chain = item.equation.chain
        if found.verdict == "loose":
            self.loose.add(chain)
        if found.verdict != "holds" or chain not in self.loose or item.equation.start:
            return None
        before = self.env.items[item.at - 1].equation.span
        starts = self.env.note.places.starts
        between = self.env.note.text[
            starts[before.end_line - 1] : starts[item.equation.span.line - 1]
        ]
        if not _CLOSED.search(between) or item.right is None:
            return None
        head = self.env.translator.term(item.equation.head)
        whole = judgement(self.stands(item.at), self.readings, head, item.right, True)
        return whole if whole.verdict == "loose" else None

    def again(self, item: Item) -> Judgement:
        """A name that is defined once more: the same, the same for one sample, or another."""
        if item.definition is not None and takes_the_place(self.env, item):
            self.env.scope.add(item.definition)
            return Judgement("holds")
        if self.meanings.repeats(item):
            return Judgement("holds")
        found = self.claimed(item)
        if found.verdict in ("wrong", "undecided"):
            first = self.at_first(item)
            if first is not None and first.verdict in ("holds", found.verdict):
                found = first
        definition = item.definition
        assumed = bool(found.stand and found.stand.assumed)
        assumed = assumed and definition is not None and not is_backward(definition)
        if found.verdict == "holds" and definition and assumed:
            self.env.scope.add(definition)  # it says what was only assumed: `a^L = \\sigma(z^L)`
            return found
        if found.verdict in ("wrong", "undecided") and definition is not None:
            slip = self.is_slip(item, definition, index=True)
            if slip and needs_itself(self.env.scope, definition):
                return replace(found, verdict="wrong", kind="wrong", facts=())
        if found.verdict == "holds" or definition is None:
            if found.outcome is not None and found.outcome.reading.samples == 1 and self.env.batch:
                batch = [r for r in self.readings if r.samples > 1]
                assert item.left is not None
                assert item.right is not None
                stands = [found.stand] if found.stand else self.stands(item.at)[:1]
                there = judgement(stands, batch, item.left, item.right, True)
                fails = there.verdict in ("wrong", "loose")
                if definition is not None and self.of_all_samples(item, stands[0]):
                    self.env.scope.add(definition)
                    return found
                loss = definition is not None and is_loss(definition.name.base)
                if fails and loss and definition and self.meanings.averaged(definition):
                    self.meanings.loosened.add(item.at)
                    self.env.scope.add(definition)
                    return Judgement(
                        "loose", "redefined loosely", outcome=there.outcome, facts=self.named(item)
                    )
            if definition is not None and (assumed or self.meanings.finer(definition, item.at)):
                self.env.scope.add(definition)
                self.meanings.equal.add(definition.at)
            return found
        if found.verdict == "undecided":
            anew = found.kind == "no reading" and isinstance(item.left, Call)  # another function
            # what it can't be compared with is about something else
            new = anew or found.kind in UNLINKED
            if not new or item.right is None or literal(item.right):
                return found
            # it brings in names of its own: another meaning
            self.env.scope.add(definition)
            self.meanings.guessed.add(definition.at)
            return found if self.meanings.backward(definition) else Judgement("holds")
        if found.verdict == "loose":
            if not is_loss(definition.name.base):
                return found  # it says loosely what the name stands for already
            self.meanings.loosened.add(item.at)
            self.env.scope.add(definition)
            return Judgement(
                "loose", "redefined loosely", outcome=found.outcome, facts=self.named(item)
            )
        return self.contested(item, definition, found)

    def of_all_samples(self, item: Item, stand: Stand) -> bool:
        """Whether a formula is about all samples of what was defined for one of them: `z = X w`
        after `z = w^T x`, which makes no sense for a table of samples."""
        assert item.left is not None
        assert item.right is not None
        batch = [r for r in self.readings if r.samples > 1 < r.size and not r.tokens]
        before = {outcome(stand, r, item.left, item.right).state for r in batch}
        return before == {"left"} and any(
            outcome(stand, r, item.right, item.right).state == "holds" for r in batch
        )

    def is_slip(self, item: Item, definition: Definition, *, index: bool = False) -> bool:
        """Whether a second definition differs from an earlier one in a single name, or in the
        `index` of one."""
        return any(
            differences(earlier.body, definition.body) == 1
            and (not index or len({n.base.partition(":")[0] for n in other}) == 1)
            for earlier in self.env.scope.definitions.get(definition.name.base, ())
            if earlier.at < item.at
            for other in ({*names(earlier.body)} ^ {*names(definition.body)},)
        )

    def named(self, item: Item) -> tuple[tuple[str, str], ...]:
        """The name that an equation defines, as it was written."""
        return (("name", unparse(item.equation.left)),)

    def contested(self, item: Item, definition: Definition, found: Judgement) -> Judgement:
        """A second meaning: whose side does the rest of the note take?"""
        if starts_with_bias(item.right):
            # the bias is a weight from here on, or there is a term too many: nothing tells
            self.env.scope.add(definition)
            return Judgement("undecided", "two meanings", facts=self.named(item))
        rival = found.outcome is not None and not found.outcome.foreign
        rival = rival and item.right is not None and not literal(item.right)
        rival = rival and not definition.parameters  # `f(a) = ...`: another example
        if rival and (
            self.meanings.spells_out(definition, item.at)
            or self.meanings.works_out(definition, item.at)
        ):
            section = self.meanings.section
            for base, meanings in self.meanings.several(item, self.barred).items():
                further_up = section(meanings[-1].at) != section(item.at)
                if (
                    base != definition.name.base
                    and further_up
                    and not self.meanings.alike(meanings)
                ):
                    return Judgement("undecided", "two meanings", facts=(("name", base),))
            return replace(found, kind="wrong")
        self.env.scope.add(definition)
        rival = rival or (self.is_slip(item, definition) and not definition.parameters)
        if rival and self.sides_with_old(item, definition):
            self.barred |= {definition.at}
            if not item.equation.display:
                return Judgement("holds")  # in passing: `for y = 1 it is L = -log a`
            return Judgement("wrong", "redefined", outcome=found.outcome, facts=self.named(item))
        if rival and self.meanings.backward(definition):
            # another error of another network, or a slip: nothing tells
            return Judgement("undecided", "two meanings", facts=self.named(item))
        return Judgement("holds")

    def sides_with_old(self, item: Item, definition: Definition) -> bool:
        """Whether the lines that follow hold with the old meaning of a name, none with the new."""
        old = 0
        about = (
            other
            for other in self.env.items[item.at + 1 :]
            if other.role == "claim" and definition.name.base in self.meanings.involved(other)
        )
        barred = self.barred
        try:
            for other in islice(about, WITNESSES):
                self.barred = barred | {definition.at}
                with_old = self.claimed(other).verdict in ("holds", "loose")
                self.barred = frozenset()
                with_new = self.claimed(other).verdict in ("holds", "loose")
                if with_new and not with_old:
                    return False
                old += with_old and not with_new
        finally:
            self.barred = barred
        return old > 0

    def elsewhere(self, item: Item, found: Judgement) -> Finding | None:
        """The finding of an earlier definition, where that is what makes a line fail."""
        if found.kind not in ("wrong", "loose factor", "loose mean") or item.role != "claim":
            return None
        stands = self.stands(item.at)
        unscaled = self.diagnostician.unscaled(item, found)
        blamed = unscaled or self.diagnostician.blamed(item, found, stands)
        if blamed is None:
            return None
        if unscaled is None and blamed not in self.diagnostician.mended:
            gained = self.gained(item, blamed)
            slip = gained < 1 and self.diagnostician.diagnosis(item, found, stands).kind
            if gained < 0 or slip:
                return None
            self.diagnostician.mended.append(blamed)
        meant = blamed.meant
        span = blamed.item.equation.span
        kind = found.kind if found.verdict == "loose" else meant.kind
        return Finding(
            span, found.verdict, kind, meant.facts, suggestion=meant.suggestion,
            fixes=meant.fixes, cell=self.env.note.cell(span),
        )  # fmt: skip

    def gained(self, item: Item, blamed: Blame) -> int:
        """How many other lines hold if a definition is mended; -1 if one holds no more."""
        count = 0
        definition = blamed.definition
        about = (
            other
            for other in self.env.items
            if other is not item and other.role == "claim" and other.left and other.right
            and definition.name.base in self.meanings.involved(other)
        )  # fmt: skip
        for other in islice(about, WITNESSES):
            assert other.left is not None
            assert other.right is not None
            stands = self.stands(other.at)[:1]
            mended = [replace(s, scope=s.scope.with_body(definition, blamed.body)) for s in stands]
            before, after = (
                judgement(s, self.readings, other.left, other.right, True).verdict == "holds"
                for s in (stands, mended)
            )
            if before and not after:
                return -1
            count += after and not before
        return count

    def finding(self, item: Item, found: Judgement) -> Finding:
        """What is to be said about a line that does not simply hold."""
        facts = found.reason.facts if found.reason else found.facts
        cell = self.env.note.cell(item.equation.span)
        plain = Finding(
            item.equation.span, found.verdict, found.kind or found.verdict, facts, cell=cell
        )
        if found.verdict not in ("wrong", "loose") or item.role == "unclear":
            return plain
        stands = self.stands(item.at)
        shown = counterexample(self.env, item, found.outcome, found.stand or stands[0], _SCALAR)
        plain = replace(
            plain, counterexample=shown if found.verdict == "wrong" else None,
            assumed=taken(self.env, item, found),
        )  # fmt: skip
        if found.kind == "off by one":
            sides = item.equation.left, item.equation.right
            said = within(*sides, self.env.translator.term, self.env.survey)
            return replace(plain, suggestion=said)
        if found.kind not in ("wrong", "loose", "loose mean", "loose factor"):
            return plain
        meant = worked_out(item, found) or self.diagnostician.diagnosis(item, found, stands)
        if not meant.kind:
            return plain
        if found.verdict == "loose":
            return replace(plain, suggestion=meant.suggestion, fixes=meant.fixes)
        return replace(
            plain, kind=meant.kind, facts=meant.facts, suggestion=meant.suggestion,
            fixes=meant.fixes,
        )  # fmt: skip


#: What ends a display.
_CLOSED = re.compile(r"\$\$|\\\]|\\end\{")
_SCALAR = Reading("scalar", 1, 1)
