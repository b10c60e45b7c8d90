"""What the whole note tells about its names, before any formula is given a meaning."""

from __future__ import annotations

from collections.abc import Iterable

from ..notation.lower.library import is_library
from ..notation.lower.trees import index_text, is_letter, letters, shifted, walk
from ..notation.syntax import (
    Big,
    Derivative,
    Fenced,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Sum,
    Symbol,
    Tree,
)  # fmt: skip
from .declared import kinds
from .ellipses import COLUMN, DOTS, ROW
from .facts import LAYER, STEPS, TABLES, Survey
from .heads import base_of, head, index_letters, is_call, outside, turned
from .labels import (
    defined_bases,
    lone_letters,
    multiplying,
    own_letters,
    squares,
    stepping,
    varied,
)
from .plain import divisors, values
from .ranges import ranges
from .samples import COUNTS, samples, shares
from .squares import (
    affine_matrices,
    biases,
    lone_biases,
    lone_capitals,
    multiplied,
    square_matrices,
    symmetric_matrices,
)
from .terms import is_loss
from .timed import stepped, timed
from .weighing import weighing_logs, weighing_losses

#: Letters that are functions where brackets follow.
_CALLED = ("f", "g", "h", "phi", "psi", "varphi", "Phi")
#: What may have the letter of a quantity below it: `W_o` is the weight of o.
WEIGHTS = frozenset(("W", "U", "V", "w", "u", "v", "b", "R"))
#: Letters that count nothing by custom: `W_x`, `b_h`, `W_{hy}`.
_WORDLESS = frozenset("befghowxyz")
#: Letters that are no numbers where the note has them as quantities: `W_u` is the weight of u.
_QUANTITIES = frozenset((*"auv", "mu", "nu"))


def survey(trees: Iterable[Tree], counting: frozenset[str] = frozenset()) -> Survey:
    """Look at all formulas of a note; `counting` are letters that are known to count samples."""
    found = Survey()
    quantities: set[str] = set()
    everything = list(trees)
    found.timed = timed(everything)
    everything = [stepped(tree, found.timed) for tree in everything]
    called = _nodes(everything, found)
    for tree in everything:
        if isinstance(tree, Relation) and all(side and head(side) for side in tree.sides):
            meant = head(tree.sides[-1]) if tree.sides[-1] else None
            if meant is not None and is_library(meant.base):
                # `g^{[1]} = \\tanh`
                called |= {base_of(s) for side in tree.sides[:-1] if side and (s := head(side))}
                continue
        if not isinstance(tree, Symbol | Script):
            quantities |= set(values(tree, found.plain, found.parameters))
    told = samples(everything)
    found.samples, found.sample_counts = told.letters | counting, told.counts
    if found.differentials and not found.sample_counts:
        # `dW = \frac{1}{m} dZ A^T`: the mean needs no sum
        found.sample_counts |= {m for tree in everything for m in shares(tree)}
    found.samples -= set(LAYER)  # a penalty over the layers has a 1/m too
    # `x_i` is a sample where `x_{ji}` is one of its entries
    found.vectors -= {b for b, spelled in found.spelled if found.samples & set(spelled[1:])}
    found.vectors |= _heads(found)
    found.flat = _flat(found)
    found.ranges = ranges(everything)
    found.multiplied = multiplied(everything)
    found.square = square_matrices(everything) | affine_matrices(everything)
    found.lone_biases, found.lone_weights = lone_biases(everything)
    found.biases = biases(everything) | lone_capitals(everything)
    found.symmetric = symmetric_matrices(everything)
    found.classes = _classes(everything, found)
    found.functions |= {name for name in called if name not in quantities}
    for base, spelled in found.spelled:
        count = sum(letter not in found.samples for letter in spelled)
        if count:
            found.entries.add((base, count))
    # names of code: a letter and a number
    found.plain_words = {w for w in found.bases if len(w) == 2 and w[1:].isdigit()}
    found.plain_words |= {
        w[1:] for w in found.bases if len(w) == 3 and w[0] == "d" and w[2:].isdigit()
    }
    if "T" in divisors(everything) - found.counts - found.sample_counts:
        found.temperature = True
    found.differentials = found.differentials and "d" not in found.counts
    _settle_labels(found, everything, quantities)
    found.varied = varied(everything)
    found.weighing = weighing_losses(everything)
    found.targets = weighing_logs(everything) - found.counts
    found.declared = kinds(everything)
    found.table_counts = found.sample_counts | {
        dim for base, dims in found.declared.items() if base in TABLES for dim in dims
        if len(dims) == 2 and dim in COUNTS
    }  # fmt: skip
    return found


def _heads(found: Survey) -> set[str]:
    """Capitals with the letter that picks one of several matrices: the `A_h` and `B_h` of a note
    that turns `C_h` and `D_h`."""
    lone: dict[str, set[str]] = {}
    for base, spelled in found.spelled:
        if len(spelled) == 1 and base.isupper() and spelled[0] not in found.samples:
            lone.setdefault(spelled[0], set()).add(base)
    picked = (bases for bases in lone.values() if len(bases & found.vectors) > 1)
    return {base for bases in picked for base in bases}


def _flat(found: Survey) -> bool:
    """Whether a note has one number for each sample, and no matrix."""
    indexed = {base for base, spelled in found.spelled if found.samples & {*spelled}}
    others = {base for base, spelled in found.spelled if {*spelled} - found.samples} - {"delta"}
    numbers = found.sample_counts | found.counts | {"I", "1"}
    capitals = {b for b in found.bases if b[:1].isupper() and not is_loss(b)} - numbers
    return bool(indexed) and not others and capitals | found.turned <= indexed | {"1"}


def _settle_labels(found: Survey, everything: list[Tree], quantities: set[str]) -> None:
    """Which letters are numbers where they stand as an index, and of what."""
    found.running -= {x for _, spelled in found.spelled if len(spelled) > 1 for x in spelled}
    found.squares = squares(everything)
    defined = defined_bases(everything)
    functions = found.functions | found.primed | {*found.parameters}
    found.numbers = multiplying(everything, (defined | found.squares) - functions)
    found.owned = own_letters(everything, defined)
    # `\delta^y_t` beside a target `y_{tk}` is about that y
    quantity = {base for base, _ in found.spelled}
    found.family_letters -= (defined | quantity) - {*LAYER, "t", "T"}
    found.labels = defined | _WORDLESS | lone_letters(found.spelled, found.plain | defined)
    found.labels |= {x for x in quantities if x in _QUANTITIES}
    found.labels |= {x for x in found.bases if len(x) == 1 and x.isupper()} - found.counts
    # `u_o` beside `u_w^T v`, `s_o` beside `sum_k e^{s_k}`: the o chooses one of them
    lone = [(base, spelled[0]) for base, spelled in found.spelled if len(spelled) == 1]
    numbered = {base for base, letter in lone if letter in found.bound and base not in WEIGHTS}
    chosen = {x for base, x in lone if base in numbered and x not in found.plain}
    chosen -= {x for base, x in lone if base not in numbered}
    chosen |= {x for base, x in lone if base in found.vectors and base.islower()}
    found.labels -= chosen - (found.carried | defined)
    found.labels -= (
        found.ranges.adding | found.bound | found.samples | found.sample_counts | found.shifting
    )
    found.labels -= found.family_letters | {*LAYER, "t", "T"}
    # `sum_l e^{z_l}`: an index like any other, unless it counts layers somewhere
    # `p_t (\delta_{ti} - p_i)` beside `sum_k e^{z_k}`: so is the t of the true class
    pairs = [spelled for base, spelled in found.spelled if base == "delta" and len(spelled) == 2]
    told = {x for pair in pairs for x in pair if "delta" not in defined}
    told &= {x for base, x in lone if base in numbered}
    steps = {x for x in STEPS if x not in found.bound | told}
    found.family_letters |= steps | (found.shifting & {*STEPS})
    found.family_letters |= found.shifting - found.bound | stepping(everything)
    found.family_letters -= found.samples


def _numbered(tree: Tree) -> str:
    """The numbers in the indices of a quantity: the 2 of `W^{(2)}`."""
    return "".join(part.text for part in walk(tree) if isinstance(part, Number))


def _nodes(trees: list[Tree], found: Survey) -> set[str]:
    """What each part of a formula tells by itself; the names that are called."""
    called: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Big):
                _big(node, found)
            elif isinstance(node, Relation):
                _relation(node, found, called)
            elif isinstance(node, Product):
                _product(node, found, called)
            elif isinstance(node, Script):
                _script(node, found)
            elif isinstance(node, Symbol):
                found.bases.add(base_of(node))
                if "bold" in node.marks or "vec" in node.marks:
                    found.bold.add(base_of(node))
            elif isinstance(node, Root):
                _root(node, found)
            elif isinstance(node, Derivative) and node.of is not None and (of := head(node.of)):
                found.moving |= {
                    (base_of(of), base_of(s), _numbered(by)) for by in node.by if (s := head(by))
                }
    return called


def _classes(trees: list[Tree], found: Survey) -> set[str]:
    """Targets that choose an entry of what has one for each class, and have none themselves."""
    other = found.samples | {"y", "t", *LAYER}
    counted = {base for base, spelled in found.spelled if any(x not in other for x in spelled)}
    counted -= WEIGHTS  # `W_y` is the weight of y
    chosen = {
        base_of(symbol)
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Script) and isinstance(node.base, Symbol)
        and base_of(node.base) in counted
        for sub in node.subs
        if (symbol := head(sub)) is not None
        and base_of(symbol) in (("y", "t") if isinstance(sub, Script) else ("y",))
    }  # fmt: skip
    return chosen - counted - found.bound - defined_bases(trees)


def _big(node: Big, found: Survey) -> None:
    below = node.below
    if node.kind not in ("sum", "prod", "max", "min", "argmax", "argmin", DOTS, ROW, COLUMN):
        return
    if isinstance(below, Relation):
        below = below.sides[0]
    over = set(index_letters(below))
    found.bound |= over
    written = {part.base for part in walk(node.body) if isinstance(part, Symbol)}
    found.lone_sums = found.lone_sums or (node.kind == "sum" and not over & written)
    last = node.above
    if isinstance(last, Sum) and len(last.terms) == 2 and isinstance(last.terms[1], Number):
        last = last.terms[0]  # `N - 1`
    counted = head(last) if last is not None else None
    if node.kind == "prod" and counted is not None and counted.base in ("t", "T", "tau"):
        found.running |= set(index_letters(below)) - {*STEPS}
    if counted is not None:
        if isinstance(last, Script) and any(map(letters, _indices(last))):
            found.sized.add(base_of(counted))
            if any(sup.kind == "bare" for sup in last.sups):
                found.stacked.add(base_of(counted))  # `N^m`, the units of layer m
        scripts = last.subs if isinstance(last, Script) else ()
        written = [index_text(s) or "" for s in scripts]
        if all(map(str.isdigit, written)):
            found.counts.add(base_of(counted) + "".join(written))
        elif len(written) == 1 and written[0] not in LAYER:
            found.counts.add(f"{base_of(counted)}:{written[0]}")  # the `d_k` of a key


def _indices(script: Script) -> list[Tree]:
    """What stands below and above a name."""
    return [*script.subs, *(sup.tree for sup in script.sups if sup.tree is not None)]


def _relation(node: Relation, found: Survey, called: set[str]) -> None:
    left = node.sides[0]
    if isinstance(left, Product) and len(left.factors) == 2:
        name, fence = left.factors
        symbol = head(name)
        if symbol and is_call(fence, left.operators[0]) and isinstance(fence, Fenced):
            arguments = [head(item) for item in fence.items]
            if all(arguments) and node.operators[0] in ("=", ":=", "equiv", "<-"):
                called.add(base_of(symbol))
                found.parameters.setdefault(
                    base_of(symbol), tuple(base_of(a) for a in arguments if a)
                )
            if isinstance(name, Script) and node.sides[1] is not None:
                inside = {base_of(s) for s in outside(node.sides[1]) if isinstance(s, Symbol)}
                written = {base_of(s) for sub in name.subs for s in walk(sub)
                           if isinstance(s, Symbol)}  # fmt: skip
                found.own_labels |= {(base_of(symbol), label) for label in written & inside}
    if isinstance(left, Script) and isinstance(left.base, Symbol):
        for sup in left.sups:
            if sup.kind == "bare" and isinstance(sup.tree, Symbol) and len(sup.tree.base) == 1:
                found.stacked.add(base_of(left.base))


def _product(node: Product, found: Survey, called: set[str]) -> None:
    entrywise = [o in ("odot", "circ", "*") for o in node.operators]
    found.mixed = found.mixed or (any(entrywise) and not all(entrywise))
    for name, fence, operator in zip(node.factors, node.factors[1:], node.operators, strict=False):
        if operator == "cdot" and not isinstance(name, Number) and not isinstance(fence, Number):
            found.dotted = True
        symbol = head(name)
        if symbol is None:
            continue
        if turned(name) and not operator and isinstance(fence, Script) and not fence.sups:
            # `u^T v_j`: v_j is a vector as well
            other = head(fence)
            if other is not None and [len(letters(sub)) for sub in fence.subs] == [1]:
                found.vectors.add(base_of(other))
        if isinstance(fence, Fenced) and is_call(fence, operator) and all(map(head, fence.items)):
            found.bracketed.add(base_of(symbol))
        if symbol.base == "d" and not operator and head(fence) and not isinstance(name, Script):
            found.differentials = True
        if not is_call(fence, operator):
            continue
        if isinstance(name, Script) and any(s.kind == "prime" for s in name.sups):
            called.add(base_of(symbol))
            found.primed.add(base_of(symbol))
        elif symbol.base in _CALLED or _density(symbol, fence):
            called.add(base_of(symbol))


def _density(symbol: Symbol, fence: Tree) -> bool:
    """`p(x)`, `q(z | x)`: a probability of something."""
    named = isinstance(fence, Fenced) and all(head(item) for item in fence.items)
    return named and symbol.base in ("p", "q", "P", "Q")


def _script(node: Script, found: Survey) -> None:
    if not isinstance(node.base, Symbol):
        return
    for sup in node.sups:
        tree = sup.tree
        if sup.kind == "bare" and tree is not None:
            shift = shifted(tree)
            if (shift and shift[0] in LAYER) or (isinstance(tree, Symbol) and tree.base in LAYER):
                found.stacked.add(base_of(node.base))
        if sup.kind == "transpose":
            found.matrices = True
            found.turned.add(base_of(node.base))
    for sup in node.sups:
        tree = sup.tree
        if sup.kind in ("paren", "square", "bare") and tree is not None:
            shift = shifted(tree)
            letter = shift[0] if shift else tree.base if isinstance(tree, Symbol) else ""
            indexed = sup.kind != "bare" or base_of(node.base) in found.stacked
            if len(letter) == 1 and indexed:
                (found.last if letter in ("L", "T") else found.family_letters).add(letter)
    spelled: list[str] = []
    for sub in node.subs:
        for part in sub.factors if isinstance(sub, Product) else (sub,):
            shift = shifted(part)
            if shift:
                found.layered.add(base_of(node.base))
                found.shifting.add(shift[0])
            elif is_letter(part):
                spelled.append(part.base)
                if part.base == "t":
                    found.carried.add(base_of(node.base))
                if part.base in ("L", "T"):
                    found.last.add(part.base)
    if len(spelled) == 1 and turned(node):
        found.vectors.add(base_of(node.base))
    if spelled:
        found.spelled.add((base_of(node.base), tuple(spelled)))


def _root(node: Root, found: Survey) -> None:
    r"""`\sqrt{d}`, `\sqrt{d_k}`: a size, and the k says whose it is."""
    body = node.body
    if isinstance(body, Symbol) and body.base in ("d", "n", "D", "N"):
        found.dimensions.add((base_of(body), ""))
    if isinstance(body, Script) and isinstance(body.base, Symbol) and not body.sups:
        spelled = [x for sub in body.subs for x in letters(sub)]
        if body.base.base in ("d", "n", "D", "N") and len(spelled) == 1 and spelled != ["t"]:
            found.dimensions.add((base_of(body.base), spelled[0]))
