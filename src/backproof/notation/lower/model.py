"""The whole road: the statements of a note in, a model out."""

from __future__ import annotations

from dataclasses import replace

from ...errors import BackproofError, ModelError, NoteError, RefusedError
from ...expr.model import Model
from ..document import Document
from ..syntax import Derivative, Script, Statement
from .assemble import assemble
from .context import Context
from .elaborate import unusable
from .gather import focus, survey
from .indices import free_letters
from .lefts import LOSSES, names_in, not_solved
from .names import refer
from .order import needed
from .roles import kind_of
from .solve import solve
from .trees import base_symbol, mentions, walk
from .typed import check_typed


def lower(note: Document) -> Model:
    """The model that a note describes.

    Raises NoteError for broken text, ModelError for a note without a loss or with two, ShapeError
    for shapes that do not fit, RefusedError for what is understood and not supported; each with its
    place.
    """
    try:
        return _lowered(note)
    except RecursionError:
        raise NoteError("a formula is nested too deeply", hint="name its parts") from None
    except BackproofError as error:
        raise error.located(file=note.file, text=note.text) from None


def _lowered(note: Document) -> Model:
    if note.broken:
        raise note.broken[0]
    note = _without_factorials(note)
    if not note.text.strip():
        raise ModelError("no equation was found: the text is empty", hint=_FIRST)
    plain = note.kind == "text" and "\\" not in note.text
    found = survey(note.statements, ascii=plain)
    if not found.definitions:
        if note.unread:
            raise note.unread[0]
        raise ModelError("no equation was found", hint=_FIRST)
    try:
        order, loss = needed(found, in_order=plain)
    except ModelError:
        for left, right in found.unusable:
            symbol = base_symbol(left)
            if symbol is not None and symbol.base in LOSSES:
                raise unusable(right) from None
        if note.unread:
            raise note.unread[0] from None
        raise
    focus(found, order)
    ctx = solve(found, order, loss)
    _check_unread(note, [n.plain for n in ctx.leaves] + [n.latex for n in ctx.leaves])
    for left, right in found.unusable:
        reference = refer(left, (), bare_layers=found.bare_layers)
        if reference is None or reference.name not in ctx.leaves:
            continue
        if kind_of(reference.name) in ("input", "inputs", "target", "targets"):
            continue
        if not any(isinstance(node, Derivative) for node in walk(right)):
            raise unusable(right)
    _check_unsolved(ctx)
    _check_entries(ctx)
    model = assemble(ctx, order, loss, note)
    if plain:
        check_typed(model, note.text)
    return model


def _without_factorials(note: Document) -> Document:
    """The note without the formulas that have a factorial in them; those count as unread."""
    kept: list[Statement] = []
    unread = list(note.unread)
    for statement in note.statements:
        found = [
            node
            for node in walk(statement.tree)
            if isinstance(node, Script) and any(s.kind == "factorial" for s in node.sups)
        ]
        if not found:
            kept.append(statement)
            continue
        unread.append(
            NoteError(
                "a factorial can't be differentiated",
                hint="leave it out where it is a constant, or give it a name",
                span=found[0].span,
            )
        )
    return note if len(kept) == len(note.statements) else replace(
        note, statements=kept, unread=unread
    )  # fmt: skip


_FIRST = "write the model as equations, such as z = W x + b and L = (y - z)^2"


def _check_unsolved(ctx: Context) -> None:
    """A free name that an equation settles, without beginning with it, is no parameter."""
    for left, right, span in ctx.survey.unsolved:
        mentioned = [refer(t, free_letters(t), bare_layers=ctx.survey.bare_layers)
                     for t in names_in(left)]  # fmt: skip
        names = {r.name for r in mentioned if r is not None}
        others = [r for t in names_in(right) if (r := refer(t, free_letters(t)))]
        if len(names) != 1 or any(r.name in names for r in others):
            continue
        name = next(iter(names))
        known = any(
            r.name in ctx.values or r.name in ctx.leaves or r.name in ctx.survey.definitions
            or kind_of(r.name) in ("input", "inputs") for r in others
        )  # fmt: skip
        data = kind_of(name) in ("input", "inputs", "target", "targets")
        if known and not data and name in ctx.leaves:
            raise not_solved(name.plain, span)


def _check_entries(ctx: Context) -> None:
    """`g_1` where the note defines a vector g: an entry, which is refused rather than made a
    parameter, so that what g is does not get lost."""
    for name in ctx.leaves:
        whole = replace(name, layer="")
        definition = ctx.survey.definitions.get(whole)
        numbers = ctx.survey.layers.get((name.base, name.marks, name.sub), [])
        if not name.layer.isdigit() or definition is None or whole in ctx.values or numbers:
            continue
        own = (refer(node, ()) for node in mentions(definition.right))
        if definition.display and not any(r is not None and r.name.base == name.base for r in own):
            raise RefusedError(
                f"one entry of {whole.plain} by its number, {name.plain}, is not supported",
                hint=f"give {name.plain} an equation, or sum over an index of {whole.plain}",
                span=definition.span,
            )


def _check_unread(note: Document, names: list[str]) -> None:
    """A free name that is the left side of a block that could not be read is that block's error."""
    lines = note.text.splitlines()
    for error in note.unread:
        if error.span is None or not 0 < error.span.line <= len(lines):
            continue
        left = lines[error.span.line - 1].partition("=")[0].strip(" $&\t")
        if left and left.replace(" ", "") in {n.replace(" ", "") for n in names}:
            raise error
