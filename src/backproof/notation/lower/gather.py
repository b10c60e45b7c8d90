"""Building the survey: names, running letters and conventions of all statements together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...expr.name import Name
from ..syntax import Big, Fenced, Number, Product, Script, Statement, Symbol, Tree
from .convention import samples_are_columns
from .filing import Uses, file
from .indices import Census, binders, free_letters, shifted_letters, upper_limit
from .lefts import LOSSES, MEASURES, with_words
from .library import MIXING, is_library, spelled
from .names import Reference, refer
from .rewrites import with_powers
from .statements import Candidate, arguments, sort
from .survey import Definition, Survey, family_name, squared_name
from .trees import base_symbol, index_text, kinds, letters, mentions, walk

_NEVER_RUNS = frozenset("t T l L".split())
_LAYER_LETTERS = frozenset("z a h s o Z A H S O".split())


_SCORES = LOSSES | MEASURES


def survey(statements: Iterable[Statement], *, ascii: bool) -> Survey:
    """Look over the statements of a note."""
    statements = list(statements)
    if ascii:
        trees = with_powers([s.tree for s in statements])
    else:
        trees = with_words([s.tree for s in statements])
    statements = [
        s if s.tree is t else replace(s, tree=t) for s, t in zip(statements, trees, strict=True)
    ]
    read = sort(statements)
    out = Survey(
        declared=read.declared, equalities=read.equalities, claims=read.claims, ascii=ascii
    )
    out.unusable, out.unsolved, out.remarks = read.unusable, read.unsolved, read.remarks
    out.bare_layers = any(_has_bare_layer(c.left.symbol) for c in read.candidates)
    rights = [c.right for c in read.candidates]
    lefts = [c.left.symbol for c in read.candidates]
    out.matmuls = any(
        "@" in node.operators
        or any(isinstance(f, Symbol) and f.base in ("dot", "matmul") for f in node.factors)
        for c in read.candidates if ascii and c.has(Product) for node in walk(c.right)
        if isinstance(node, Product)
    )  # fmt: skip
    out.numbered = _numbered([*rights, *lefts])
    out.size_letters = _size_letters([c.right for c in read.candidates if c.has(Big)])
    _define(out, read.candidates)
    _mentions(out, read.candidates)
    _single(out, [c.right for c in read.candidates if c.has(Product)])
    return out


def focus(out: Survey, order: Iterable[Definition]) -> None:
    """Settle, from what the loss needs, whether samples are counted, and how they lie."""
    order = list(order)
    used = [*order, *out.functions.values()]
    out.columns = samples_are_columns([d.right for d in used], {d.name.base for d in order})
    out.indexed = any(
        d.samples or any(
            (node.span, x) in out.sample_sums
            for node in walk(d.right) if isinstance(node, Big) for x in binders(node)
        )
        for d in used
    )  # fmt: skip


def _mentions(out: Survey, candidates: list[Candidate]) -> None:
    """The names that occur without a running index: capitals, and small letters."""
    samples = {x for d in out.definitions.values() for x in d.samples}
    for candidate in candidates:
        free = samples | _bound(candidate.right) if candidate.has(Big) else samples
        stack = list(mentions(candidate.right))
        while stack:
            reference = refer(stack.pop(), free, bare_layers=out.bare_layers)
            if reference is not None:
                stack += (node for power in reference.powers for node in mentions(power))
            if reference is not None and reference.indices:
                out.running.add(reference.name)
            elif reference is not None and len(reference.name.base) == 1:
                (out.capitals if reference.name.base.isupper() else out.small).add(reference.name)


def _single(out: Survey, trees: list[Tree]) -> None:
    """Names that are numbers: in `w_1 x_1 + w_2 x_2` small numbered letters stand side by side."""
    matrices: set[Name] = set()
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Product):
                continue
            pairs = zip(node.factors, node.factors[1:], node.operators, strict=False)
            for left, right, between in pairs:
                one, two = refer(left, ()), refer(right, ())
                if one is None or two is None or between not in ("", "cdot", "times", "*", "@"):
                    continue
                if one.name.base[0].isupper() or one.turned or between == "@":
                    matrices.add(two.name)
                elif _is_numbered(left) and _is_numbered(right):
                    out.single |= {one.name, two.name}
    out.single -= matrices


def _is_numbered(tree: Tree) -> bool:
    """A small letter with a number below it, or glued to it."""
    symbol = base_symbol(tree)
    if symbol is None or not symbol.base[0].islower() or "bold" in symbol.marks:
        return False
    if isinstance(tree, Script):
        return not tree.sups and len(tree.subs) == 1 and isinstance(tree.subs[0], Number)
    return symbol.base[-1].isdigit()


def _has_bare_layer(tree: Tree) -> bool:
    symbol = base_symbol(tree)
    if not isinstance(tree, Script) or symbol is None or symbol.base not in _LAYER_LETTERS:
        return False
    return any(s.kind == "bare" and isinstance(s.tree, Number) for s in tree.sups)


def _numbered(trees: list[Tree]) -> dict[str, set[int]]:
    """For each base the numbers it is indexed with: the layers of `W^{(1)}` and `W^{(2)}`."""
    found: dict[str, set[int]] = {}
    for tree in trees:
        for node in mentions(tree):
            reference = refer(node, ())
            if reference and reference.name.layer.isdigit():
                found.setdefault(reference.name.base, set()).add(int(reference.name.layer))
    return found


def _size_letters(trees: list[Tree]) -> set[str]:
    """Letters that are the upper limit of some sum."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            limit = upper_limit(node) if isinstance(node, Big) else None
            if limit is not None:
                text = index_text(limit)
                if text and not text.isdigit():
                    found.add(text)
    return found


def _define(out: Survey, candidates: list[Candidate]) -> None:
    bound = {x for c in candidates if c.has(Big) for x in _bound(c.right)}
    scripted = [c.right for c in candidates if c.has(Script)]
    never = shifted_letters([*scripted, *(c.left.symbol for c in candidates)]) | _NEVER_RUNS
    uses = _applications([c.right for c in candidates if c.has(Product) and c.has(Fenced)])
    candidates = [_as_function(c, uses) for c in candidates]
    census = Census(out.bare_layers)
    used = _used(out, candidates)
    taken: list[tuple[Candidate, Reference]] = []
    ordered = sorted(candidates, key=lambda c: (not c.main, not c.display, _bare(c, uses)))
    running = [_free_letters(candidate, bound, never) for candidate in ordered]
    everywhere = {x for found in running for x in found}
    for candidate, found in zip(ordered, running, strict=True):
        # `L = (y^{(i)} - a^{(i)})^2` is about each sample too, though its left side has no index
        own = free_letters(candidate.right) if everywhere and candidate.has(Script) else ()
        free = [*found, *(x for x in own if x in everywhere and x not in found)]
        reference = refer(candidate.left.symbol, free, bare_layers=out.bare_layers)
        if reference is None or reference.turned:
            continue
        if reference.powers:
            squared = _squared(reference)
            if squared is None:
                continue
            out.squared.add(reference.name)
            reference = squared
        taken.append((candidate, reference))
        scripts = (candidate.left.symbol, *candidate.left.behind)
        symbol = base_symbol(candidate.left.symbol)
        if symbol is not None and not free and _is_column(symbol, candidate.right):
            census.vector(symbol)
        if free or candidate.has(Big):
            inner = symbol is not None and symbol.base in used and symbol.base not in _SCORES
            census.definition(id(candidate), scripts, candidate.right, free, inner=inner)
    census.decide()
    out.sample_sums = {k for k, run in census.bound.items() if census.is_sample(run)}
    out.families = _families(taken)
    arities: dict[str, set[int]] = {}
    for candidate, reference in taken:
        if candidate.left.arguments is not None and candidate.main:
            arities.setdefault(reference.name.base, set()).add(len(candidate.left.arguments))
    running_left: dict[int, list[str]] = {}
    for order, letter in census.free:
        running_left.setdefault(order, []).append(letter)
    for candidate, reference in taken:
        name = reference.name
        if reference.indices and name in out.families:
            name = family_name(name, reference.indices)
        free = running_left.get(id(candidate), [])
        samples = frozenset(x for x in free if census.is_sample(census.free[id(candidate), x]))
        behind = [(x, "sub") for sub in candidate.left.behind for x in letters(sub)]
        named = {x for x, _ in reference.indices} | {x for x, _ in behind}
        behind += [(x, "sup") for x in free if x not in named]
        definition = Definition(
            name, candidate.right, candidate.span, candidate.order, candidate.display,
            (*reference.indices, *behind), None, samples,
        )  # fmt: skip
        file(out, definition, candidate, uses, arities)
    _drop_examples(out)


def _as_function(candidate: Candidate, uses: Uses) -> Candidate:
    r"""`\phi = \tanh`, where the note applies phi, is `\phi(z) = \tanh(z)`."""
    left, right = candidate.left, candidate.right
    symbol = base_symbol(left.symbol)
    if left.arguments is not None or symbol is None or symbol.base not in uses:
        return candidate
    if not isinstance(right, Symbol) or not is_library(right.base):
        return candidate
    z = Symbol(right.span, "z", (), "z")
    call = Product(right.span, (right, Fenced(right.span, "paren", (z,))), ("",))
    return replace(candidate, left=replace(left, arguments=(z,)), right=call, kinds=kinds(call))


def _used(out: Survey, candidates: list[Candidate]) -> set[str]:
    """The letters on right sides; whether t is among them is noted, for it is a target then."""
    used: set[str] = set()
    for candidate in candidates:
        bases = {s.base for n in mentions(candidate.right) if (s := base_symbol(n)) is not None}
        out.judged_by_t |= candidate.display and not bases.isdisjoint(("t", "target"))
        used |= bases
    return used


def _is_column(symbol: Symbol, tree: Tree) -> bool:
    """Whether a small letter is a softmax; a capital one has a sample in each row or column."""
    if symbol.base.isupper():
        return False
    head = tree.factors[0] if isinstance(tree, Product) else tree
    return MIXING.get(spelled(head), "") in ("softmax", "log_softmax")


def _drop_examples(out: Survey) -> None:
    r"""A target with several different formulas (`y = e^x`, `y = \log x`) is an example's y."""
    for first, _ in out.again:
        name = first.name
        if name.base in ("y", "t") and not name.marks and not first.indices:
            out.definitions.pop(name, None)


def _squared(reference: Reference) -> Reference | None:
    r"""`\sigma^2 = ...` defines a quantity of its own."""
    power = reference.powers[0]
    if len(reference.powers) > 1 or not isinstance(power, Number) or power.text != "2":
        return None
    name = squared_name(reference.name)
    return Reference(name, reference.indices, (), False, reference.span)


def _bare(candidate: Candidate, uses: Uses) -> bool:
    """Whether a left side lacks the arguments that the note uses its name with."""
    symbol = base_symbol(candidate.left.symbol)
    return candidate.left.arguments is None and symbol is not None and symbol.base in uses


def _families(taken: list[tuple[Candidate, Reference]]) -> set[Name]:
    r"""Names of two things: of `L_i`, and of the `L = \frac1N \sum_i L_i` that is made of it."""
    indexed = {reference.name for _, reference in taken if reference.indices}
    found: set[Name] = set()
    for candidate, reference in taken:
        if reference.indices or reference.name not in indexed:
            continue
        for node in mentions(candidate.right):
            mentioned = refer(node, free_letters(node).keys() | _bound(candidate.right))
            if mentioned and mentioned.indices and mentioned.name == reference.name:
                found.add(reference.name)
    return found


def _bound(tree: Tree) -> set[str]:
    return {x for node in walk(tree) if isinstance(node, Big) for x in binders(node)}


def _free_letters(candidate: Candidate, bound: set[str], never: set[str]) -> list[str]:
    """The letters of a left side that run over entries or samples, rather than tell names apart."""
    scripts: list[Tree] = []
    if isinstance(candidate.left.symbol, Script):
        scripts += candidate.left.symbol.subs
        scripts += [s.tree for s in candidate.left.symbol.sups if s.tree is not None]
    scripts += candidate.left.behind
    for argument in candidate.left.arguments or ():
        if isinstance(argument, Script):
            scripts += argument.subs
            scripts += [s.tree for s in argument.sups if s.tree is not None]
    seen: dict[str, None] = {}
    for script in scripts:
        items = script.items if isinstance(script, Fenced) else (script,)
        for item in items:
            for letter in letters(item):
                seen.setdefault(letter)
    if not seen:
        return []
    used = free_letters(candidate.right)
    return [
        x
        for x in seen
        if x not in never and x.islower() and x in used and (x in bound or x in "ijk")
    ]


def _applications(trees: list[Tree]) -> dict[str, list[tuple[Tree, ...]]]:
    """For each base the argument lists that stand behind it."""
    found: dict[str, list[tuple[Tree, ...]]] = {}
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Product):
                continue
            for head, tail, between in zip(
                node.factors, node.factors[1:], node.operators, strict=False
            ):
                symbol = base_symbol(head)
                inner = tail.base if isinstance(tail, Script) else tail
                if symbol and not between and isinstance(inner, Fenced):
                    found.setdefault(symbol.base, []).append(arguments(inner))
    return found
