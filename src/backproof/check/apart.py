r"""Index letters that count samples in one section of a note and entries in another.

`\frac{1}{n} \sum_{i=1}^n` makes i count samples; where another section of the same note has
`\partial p_i / \partial z_j = p_i (\delta_{ij} - p_j)` and sums over the entries of z, its i is
another letter. There it gets a prime.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..notation.document import Statement
from ..notation.lower.trees import letters, rewrite, walk
from ..notation.syntax import Big, Fenced, Number, Relation, Script, Symbol, Tree
from .heads import base_of, counted, exponential, head, index_letters
from .samples import Samples, samples
from .sections import section

_LAYERS = frozenset(("l", "L", "t", "T"))


def told_apart(
    statements: list[Statement], starts: list[int]
) -> tuple[list[Statement], frozenset[str]]:
    """The statements with such letters renamed, and those of the new ones that count samples."""
    told = samples(s.tree for s in statements)
    if not told.letters:
        return statements, frozenset()
    places = [section(s.span.line, starts) for s in statements]
    taken = {base_of(h) for s in statements if (h := _defined(s.tree))} | _LAYERS
    before: dict[str, bool] = {}
    renamed: dict[int, dict[str, bool]] = {}
    for place in sorted(set(places)):
        own = [s.tree for s, at in zip(statements, places, strict=True) if at == place]
        kinds, summed = _kinds(own, told, before)
        before |= kinds
        # a letter that runs over samples in one sum of a section may be another in its next formula
        renamed[place] = {
            x: sample
            for x, sample in kinds.items()
            if sample != (x in told.letters) and x not in taken and not (sample and x in summed)
        }
    found: list[Statement] = []
    for s, place in zip(statements, places, strict=True):
        found.append(replace(s, tree=_renamed(s.tree, renamed[place])))
    more = {f"{x}'" for names in renamed.values() for x, sample in names.items() if sample}
    return found, frozenset(more)


def _defined(tree: Tree) -> Symbol | None:
    """The quantity that a formula defines; `i = j` and `i = 1, \\dots, n` are about an index."""
    if not isinstance(tree, Relation) or isinstance(tree.sides[-1], Symbol | Number | Fenced):
        return None
    left = tree.sides[0]
    return head(left) if left is not None else None


def _kinds(
    trees: list[Tree], told: Samples, before: dict[str, bool]
) -> tuple[dict[str, bool], set[str]]:
    """Whether letters of a section count samples: by its sums, by the letters that stand beside
    them, or else by the sections before it. With them, those of which its sums tell."""
    known: dict[str, set[bool]] = {}
    for x in samples(trees).letters:
        known.setdefault(x, set()).add(True)
    for node in (node for tree in trees for node in walk(tree)):
        if isinstance(node, Big) and isinstance(node.above, Symbol):
            index = counted(node)
            for x in index_letters(index):
                known.setdefault(x, set()).add(base_of(node.above) in told.counts)
        elif isinstance(node, Big) and node.above is None and exponential(node.body):
            for x in index_letters(node.below):
                known.setdefault(x, set()).add(x in told.letters)  # of a softmax
        elif isinstance(node, Script) and isinstance(node.base, Symbol) and node.base.base in "wW":
            below = [x for sub in node.subs for x in letters(sub)]
            for x in below if len(below) == 2 else ():
                known.setdefault(x, set()).add(False)  # the entry of a weight
    found = {x: kinds.copy().pop() for x, kinds in known.items() if len(kinds) == 1}
    for group in _groups(_pairs(trees)):
        kinds = {kind for x in group for kind in known.get(x, ())}
        kinds = kinds or {before[x] for x in group if x in before}
        if len(kinds) == 1:
            found |= dict.fromkeys(group, kinds.pop())
    # what one formula leaves open, the others of the section tell: `x_i - \mu` beside `\sum_j x_j`
    double = _in_tables(trees)
    for group in _groups(_pairs(trees, {})):
        kinds = {found[x] for x in group if x in found}
        if len(kinds) == 1 and not group & double:
            # the N of `x_1, \dots, x_N` is how many there are
            found |= dict.fromkeys(group - told.counts, kinds.pop())
    return found, {*known}


def _in_tables(trees: list[Tree]) -> set[str]:
    """Letters that stand beside another below a name: rows and columns."""
    scripts = (n for tree in trees for n in walk(tree) if isinstance(n, Script))
    below = ([x for sub in node.subs for x in letters(sub)] for node in scripts)
    return {x for found in below if len(found) > 1 for x in found}


def _pairs(
    trees: Iterable[Tree], together: dict[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    r"""Letters that must count the same: both of `\delta_{ij}`, and those with which a formula, or
    all `together`, has entries of one quantity, as `z_i` and `z_k`."""
    for tree in trees:
        met: dict[str, str] = {} if together is None else together
        for node in walk(tree):
            if not isinstance(node, Script) or not isinstance(node.base, Symbol):
                continue
            below = [x for sub in node.subs for x in letters(sub)]
            base = base_of(node.base)
            if base == "delta" and len(below) == 2:
                yield below[0], below[1]
            elif len(below) == 1 and len(node.subs) == 1 and not node.sups:
                yield met.setdefault(base, below[0]), below[0]


def _groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    groups: list[set[str]] = []
    for pair in pairs:
        touching = [g for g in groups if g & {*pair}]
        groups = [g for g in groups if g not in touching]
        groups.append({*pair}.union(*touching))
    return groups


def _renamed(tree: Tree, names: dict[str, bool]) -> Tree:
    if not names:
        return tree

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Symbol) and node.base in names and not node.marks:
            return replace(node, base=f"{node.base}'")
        return None

    return rewrite(tree, change)
