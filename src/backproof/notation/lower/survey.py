"""One look over the whole note, before any formula is worked out: who is defined where, which
letters run, whether samples are columns or rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...errors import Span
from ...expr.name import Name
from ..syntax import Big, Fenced, Number, Product, Script, Statement, Symbol, Tree
from .convention import samples_are_columns
from .indices import Census, binders, free_letters, shifted_letters
from .library import is_library
from .names import Reference, refer
from .statements import Candidate, Chain, Left, arguments, is_number, sort
from .trees import base_symbol, index_text, key, letters, mentions, walk

_NEVER_RUNS = frozenset("t T l L".split())
_LAYER_LETTERS = frozenset("z a h s o".split())
_ACTIVATION_NAMES = frozenset("f g phi psi sigma varphi act".split())
_SCALAR_LETTERS = frozenset(
    "alpha beta gamma lambda delta epsilon varepsilon eta mu tau kappa c a s e pi".split()
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a note says a quantity is.

    `indices` are the letters that run on its left side, with their places; `params` the parameters
    of a function, None for a quantity; `samples` those indices that run over samples.
    """

    name: Name
    right: Tree
    span: Span
    order: int
    display: bool
    indices: tuple[tuple[str, str], ...] = ()
    params: tuple[Tree, ...] | None = None
    samples: frozenset[str] = frozenset()


@dataclass
class Survey:
    """What the whole note says about its own notation."""

    definitions: dict[Name, Definition] = field(default_factory=dict[Name, Definition])
    functions: dict[Name, Definition] = field(default_factory=dict[Name, Definition])
    again: list[tuple[Definition, Candidate]] = field(
        default_factory=list[tuple[Definition, Candidate]]
    )
    declared: list[tuple[Tree, tuple[Tree, ...], Span]] = field(
        default_factory=list[tuple[Tree, tuple[Tree, ...], Span]]
    )
    equalities: list[Chain] = field(default_factory=list[Chain])
    sample_sums: set[tuple[Span, str]] = field(default_factory=set[tuple[Span, str]])
    numbered: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    squared: set[Name] = field(default_factory=set[Name])
    size_letters: set[str] = field(default_factory=set[str])
    capitals: set[Name] = field(default_factory=set[Name])
    small: set[Name] = field(default_factory=set[Name])
    families: set[Name] = field(default_factory=set[Name])
    running: set[Name] = field(default_factory=set[Name])
    columns: bool = True
    bare_layers: bool = False
    indexed: bool = False
    ascii: bool = False
    unusable: list[tuple[Tree, Tree]] = field(default_factory=list[tuple[Tree, Tree]])
    claims: int = 0

    def whole(self, reference: Reference) -> Name:
        r"""The quantity that a name with indices is a part of: `a^{[2](i)}` is a column of `A^{[2]}`,
        `w_{jk}` an entry of `W`, where the note never says what the small letter is."""
        name = reference.name
        base = name.base
        if reference.indices and name in self.families:
            return family_name(name, reference.indices)
        if not reference.indices or len(base) != 1 or not base.islower():
            return name
        if name in self.definitions or name in self.small:
            return name
        capital = Name(base.upper(), name.marks, name.layer, name.sub, name.primes, name.latex)
        several = len(reference.indices) > 1 or any(p == "sup" for _, p in reference.indices)
        if capital in self.definitions or (capital in self.capitals and several):
            return capital
        return name


def survey(statements: Iterable[Statement], *, ascii: bool) -> Survey:
    """Look over the statements of a note."""
    statements = list(statements)
    read = sort(statements)
    out = Survey(
        declared=read.declared, equalities=read.equalities, claims=read.claims, ascii=ascii
    )
    out.unusable = read.unusable
    out.bare_layers = any(_has_bare_layer(c.left.symbol) for c in read.candidates)
    trees = [c.right for c in read.candidates]
    lefts = [c.left.symbol for c in read.candidates]
    out.numbered = _numbered([*trees, *lefts])
    out.size_letters = _size_letters(trees)
    _define(out, read.candidates, trees, lefts)
    _mentions(out, trees)
    return out


def focus(out: Survey, order: Iterable[Definition]) -> None:
    """Settle, from the equations that the loss needs, whether samples are counted, and how they lie."""
    used = [*order, *out.functions.values()]
    out.columns = samples_are_columns([d.right for d in used], {n.base for n in out.definitions})
    out.indexed = any(
        d.samples or any(
            (node.span, x) in out.sample_sums
            for node in walk(d.right) if isinstance(node, Big) for x in binders(node)
        )
        for d in used
    )  # fmt: skip


def _mentions(out: Survey, trees: list[Tree]) -> None:
    """The names that occur without a running index: capitals, and small letters."""
    samples = {x for d in out.definitions.values() for x in d.samples}
    for tree in trees:
        bound = {x for node in walk(tree) if isinstance(node, Big) for x in binders(node)}
        free = bound | samples
        stack = list(mentions(tree))
        while stack:
            reference = refer(stack.pop(), free, bare_layers=out.bare_layers)
            if reference is not None:
                stack += (node for power in reference.powers for node in mentions(power))
            if reference is not None and reference.indices:
                out.running.add(reference.name)
            elif reference is not None and len(reference.name.base) == 1:
                (out.capitals if reference.name.base.isupper() else out.small).add(reference.name)


def _has_bare_layer(tree: Tree) -> bool:
    symbol = base_symbol(tree)
    if not isinstance(tree, Script) or symbol is None or symbol.base not in _LAYER_LETTERS:
        return False
    return any(s.kind == "bare" and isinstance(s.tree, Number) for s in tree.sups)


def _numbered(trees: list[Tree]) -> dict[str, set[int]]:
    """For each base the numbers it is indexed with: the layers of `W^{(1)}` and `W^{(2)}`."""
    found: dict[str, set[int]] = {}
    for tree in trees:
        for node in walk(tree):
            symbol = base_symbol(node)
            if symbol is None:
                continue
            reference = refer(node, ())
            if reference and reference.name.layer.isdigit():
                found.setdefault(reference.name.base, set()).add(int(reference.name.layer))
    return found


def _size_letters(trees: list[Tree]) -> set[str]:
    """Letters that are the upper limit of some sum."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Big) and node.above is not None:
                text = index_text(node.above)
                if text and not text.isdigit():
                    found.add(text)
    return found


def _define(out: Survey, candidates: list[Candidate], trees: list[Tree], lefts: list[Tree]) -> None:
    bound = {x for tree in trees for node in walk(tree) if isinstance(node, Big)
             for x in binders(node)}  # fmt: skip
    never = shifted_letters([*trees, *lefts]) | _NEVER_RUNS
    uses = _applications(trees)
    census = Census(out.bare_layers)
    taken: list[tuple[Candidate, Reference, Left]] = []
    ordered = sorted(candidates, key=lambda c: (not c.main, not c.display, _bare(c, uses)))
    running = [_free_letters(candidate, bound, never) for candidate in ordered]
    everywhere = {x for found in running for x in found}
    for candidate, found in zip(ordered, running, strict=True):
        # `L = (y^{(i)} - a^{(i)})^2` is about each sample too, though its left side has no index
        free = [*found, *(x for x in free_letters(candidate.right) if x in everywhere - set(found))]
        reference = refer(candidate.left.symbol, free, bare_layers=out.bare_layers)
        if reference is None or reference.turned:
            continue
        if reference.powers:
            squared = _squared(reference)
            if squared is None:
                continue
            out.squared.add(reference.name)
            reference = squared
        taken.append((candidate, reference, candidate.left))
        scripts = (candidate.left.symbol, *candidate.left.behind)
        census.definition(id(candidate), scripts, candidate.right, free)
    census.decide()
    out.sample_sums = {k for k, run in census.bound.items() if census.is_sample(run)}
    out.families = _families(taken)
    for candidate, reference, left in taken:
        if reference.indices and reference.name in out.families:
            reference = replace(reference, name=family_name(reference.name, reference.indices))
        free = [x for (order, x) in census.free if order == id(candidate)]
        samples = frozenset(x for x in free if census.is_sample(census.free[id(candidate), x]))
        behind = [(x, "sub") for sub in left.behind for x in letters(sub)]
        named = {x for x, _ in reference.indices} | {x for x, _ in behind}
        behind += [(x, "sup") for x in free if x not in named]
        definition = Definition(
            reference.name, candidate.right, candidate.span, candidate.order, candidate.display,
            (*reference.indices, *behind), None, samples,
        )  # fmt: skip
        _enter(out, definition, candidate, left, uses)
    _drop_examples(out)


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


def squared_name(name: Name) -> Name:
    """The name of a quantity that is only ever written as a square."""
    return Name(
        name.base + "2", name.marks, name.layer, name.sub, name.primes,
        latex=f"{name.latex}^2" if name.latex else "",
    )  # fmt: skip


def _bare(candidate: Candidate, uses: Mapping[str, list[tuple[Tree, ...]]]) -> bool:
    """Whether a left side lacks the arguments that the note uses its name with."""
    symbol = base_symbol(candidate.left.symbol)
    return candidate.left.arguments is None and symbol is not None and symbol.base in uses


def family_name(name: Name, indices: Iterable[tuple[str, str]]) -> Name:
    """The name of `L_i` in a note that also has an `L`."""
    letters = "".join(x for x, _ in indices)
    return replace(name, sub=letters, latex=f"{name.latex}_{{{letters}}}" if name.latex else "")


def _families(taken: list[tuple[Candidate, Reference, Left]]) -> set[Name]:
    r"""Names of two things: of `L_i`, and of the `L = \frac1N \sum_i L_i` that is made of it."""
    indexed = {reference.name for _, reference, _ in taken if reference.indices}
    found: set[Name] = set()
    for candidate, reference, _ in taken:
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


def _enter(
    out: Survey,
    definition: Definition,
    candidate: Candidate,
    left: Left,
    uses: Mapping[str, list[tuple[Tree, ...]]],
) -> None:
    """File a definition as a quantity or as a function; the first one counts."""
    name = definition.name
    params = left.arguments
    if params is not None and _is_function(name, params, definition.right, uses):
        made = replace(definition, params=params)
        if name in out.functions:
            out.again.append((out.functions[name], candidate))
        else:
            out.functions[name] = made
        return
    if params is not None:
        running = {x for x, _ in definition.indices}
        shown = ",".join(_latex_of(p, running) for p in params)
        name = replace(name, latex=f"{name.latex}({shown})")
        definition = replace(definition, name=name)
    if is_number(definition.right) and name.base not in _SCALAR_LETTERS and len(name.base) == 1:
        return  # a value for an example: `w_1 = 0.15`
    if _updates(name, definition.right):
        return
    if not definition.display and name.base in ("y", "t", "x") and not name.marks:
        return  # `for $y = 1$` says nothing about y
    if name in out.functions:
        return  # `L = -\\log p` for one case of an `L(p, y)`
    if name in out.definitions:
        first = out.definitions[name]
        if key(first.right) != key(definition.right) and candidate.main:
            out.again.append((first, candidate))
        return
    out.definitions[name] = definition


def _latex_of(tree: Tree, running: set[str]) -> str:
    reference = refer(tree, running)
    return reference.name.latex if reference else "\\cdot"


def _updates(name: Name, right: Tree) -> bool:
    r"""`W = W - \alpha \, dW`: a step of training, not what W is."""
    from ..syntax import Sum

    if not isinstance(right, Sum) or right.signs[0] != "+" or "-" not in right.signs[1:]:
        return False
    first = refer(right.terms[0], ())
    return first is not None and first.name == name


def _is_function(
    name: Name,
    params: tuple[Tree, ...],
    right: Tree,
    uses: Mapping[str, list[tuple[Tree, ...]]],
) -> bool:
    """Whether `F(p) = ...` defines a function rather than a quantity that is written with a bracket."""
    if is_library(name.base):
        return True
    bases = {s.base for p in params for s in [base_symbol(p)] if s}
    used = {node.base for node in walk(right) if isinstance(node, Symbol)}
    if not bases & used:
        return False
    plain = [_plain_arguments(params)]
    calls = uses.get(name.base, [])
    if any(_plain_arguments(call) not in plain for call in calls):
        return True
    others = used - bases
    pointwise = all(x in _SCALAR_LETTERS or is_library(x) or x.isdigit() for x in others)
    return bool(calls) and pointwise and len(params) == 1 and name.base in _ACTIVATION_NAMES


def _plain_arguments(items: tuple[Tree, ...]) -> tuple[object, ...]:
    """Arguments without the letters that run over samples: `x^{(i)}` counts as `x`."""
    out: list[object] = []
    for item in items:
        reference = refer(item, set("ijkns"))
        out.append(reference.name if reference and not reference.powers else key(item))
    return tuple(out)
