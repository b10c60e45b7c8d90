r"""Letters before brackets: calls of known functions, of the note's own, or names written with one.

`\sigma(z)` and `f(z)` are calls, `h(x)` and `J(\theta)` are only names, `a(1 - a)` is a product.
"""

from __future__ import annotations

from dataclasses import replace

from ...errors import ModelError, RefusedError
from ...expr.name import Name
from ..syntax import Fenced, Relation, Script, Tree
from .context import Context, Hint
from .defined import call_defined
from .functions import apply_library
from .leaves import indexed, leaf
from .library import ENTRYWISE, FORMULAS, MIXING, REFUSED, is_library, spelled
from .names import Reference
from .quantities import is_minus_one, raised
from .roles import kind_of
from .statements import arguments as arguments_in
from .survey import squared_name
from .trees import Call, base_symbol, letters, walk
from .values import Value

_FUNCTION_LETTERS = frozenset("f g h phi psi varphi F G sigma rho".split())
_BLACKBOARD = {"E": "an expectation", "P": "a probability", "1": "an indicator"}
_PROBABILITIES = frozenset("p q P Q pi".split())


def callee(ctx: Context, head: Tree, count: int | None = None) -> str | None:
    """`library`, `defined`, or None for a head that is no function of `count` arguments."""
    symbol = base_symbol(head)
    if symbol is None:
        return None
    reference = ctx.refer(head)
    if reference is None:
        return None
    name = reference.name
    if name in ctx.survey.functions:
        recognised = ctx.survey.functions[name]
        if name in ctx.survey.definitions and count != len(recognised.params or ()):
            return None
        return "library" if recognised.indices and is_library(name.base) else "defined"
    base = spelled(head)
    if not is_library(base) or _is_quantity(ctx, reference):
        return None
    if base == "sigma" and name.sub:
        return None
    return "library"


def _is_quantity(ctx: Context, reference: Reference) -> bool:
    name = reference.name
    if name in ctx.given or name in ctx.values or name in ctx.survey.definitions:
        return True
    if name.base == "sigma":
        return name in ctx.survey.squared or squared_name(name) in ctx.survey.definitions
    return False


def is_prefix_function(ctx: Context, tree: Tree) -> bool:
    r"""Whether a function may be written without brackets: `\log`, `\sigma`, `\text{ReLU}`."""
    kind = callee(ctx, tree)
    if kind is None:
        return False
    symbol = base_symbol(tree)
    if symbol is None:
        return False
    if kind == "library":
        return symbol.base not in ("sum", "mean") or symbol.function
    return False


def applies(ctx: Context, head: Tree, fence: Fenced) -> bool:
    """Whether a head and the bracket behind it belong together, as a call or as a name.

    Raises ModelError for a function that is nowhere defined.
    """
    if callee(ctx, head, len(arguments_in(fence))) is not None:
        return True
    reference = _whole(ctx, head)
    symbol = base_symbol(head)
    if symbol is not None and "bb" in symbol.marks:
        what = _BLACKBOARD.get(symbol.base)
        if what:
            raise RefusedError(
                f"{what} is not supported",
                hint="write it as a sum, with one-hot targets" if symbol.base == "1" else
                "write it as a mean over samples",
                span=head.span.to(fence.span),
            )  # fmt: skip
    if reference is None or reference.powers or reference.turned:
        return False
    name = reference.name
    definition = ctx.survey.definitions.get(name)
    if definition is not None and definition.name.latex.endswith(")"):
        return True
    if name.base in _PROBABILITIES and _conditional(fence):
        return True
    if _indexed_by(ctx, fence):
        return True
    if definition is not None or name in ctx.values:
        return _only_inputs(ctx, fence)
    if name in ctx.leaves or name in ctx.given:
        return False
    if name.base in _FUNCTION_LETTERS or (len(name.base) > 1 and _is_word(head)):
        raise _undefined(ctx, reference)
    return False


def _whole(ctx: Context, head: Tree) -> Reference | None:
    """What a head refers to, the `L_i` of a note that also has an `L` told apart from it."""
    reference = ctx.refer(head)
    if reference is None or reference.name not in ctx.survey.families:
        return reference
    return replace(reference, name=ctx.survey.whole(reference))


def _is_word(head: Tree) -> bool:
    symbol = base_symbol(head)
    return (symbol is not None and not symbol.written.startswith("\\")) or (
        symbol is not None and symbol.written.startswith(("\\text", "\\mathrm", "\\operatorname"))
    )


def _undefined(ctx: Context, reference: Reference) -> ModelError:
    import difflib

    plain = reference.name.plain
    names = [*ENTRYWISE, *FORMULAS, *MIXING, *(n.plain for n in ctx.survey.functions)]
    close = difflib.get_close_matches(plain, names, n=1, cutoff=0.75)
    equation = f"{plain}(z) = tanh(z)" if ctx.survey.ascii else f"{plain}(z) = \\tanh(z)"
    return ModelError(
        f"the function {plain} is not defined",
        hint=f"did you mean {close[0]}?" if close else f"define {plain}, for example {equation}",
        span=reference.span,
    )


def _conditional(fence: Fenced) -> bool:
    return fence.separator == "|" or any(
        isinstance(i, Relation) or (isinstance(i, Fenced) and i.separator == "|")
        for i in fence.items
    )


def _indexed_by(ctx: Context, fence: Fenced) -> bool:
    return (
        len(fence.items) == 1
        and letters(fence.items[0]) != []
        and all(x in ctx.scope for x in letters(fence.items[0]))
    )


def _only_inputs(ctx: Context, fence: Fenced) -> bool:
    for item in fence.items:
        for part in item.items if isinstance(item, Fenced) else (item,):
            reference = ctx.refer(part)
            if reference is None or kind_of(reference.name) not in ("input", "inputs"):
                return False
    return True


def apply(ctx: Context, call: Call, hint: Hint | None) -> Value:
    """The value of a call, or of a name written with a bracket."""
    head, arguments, scripts = call.head, call.arguments, call.scripts
    kind = callee(ctx, head, len(arguments))
    powers: tuple[Tree, ...] = ()
    turned = False
    if kind == "library":
        base = spelled(head)
        if base in REFUSED:
            raise refused(base, call)
        value = apply_library(ctx, head, arguments, call, hint)
        if isinstance(head, Script):
            if any(s.tree is not None and is_minus_one(s.tree) for s in head.sups):
                raise RefusedError(
                    f"the power -1 of {base} may be its inverse or its reciprocal",
                    hint=f"write 1 over {base}, or what the inverse is",
                    span=call.span,
                )
            powers = tuple(s.tree for s in head.sups if s.kind == "bare" and s.tree is not None)
            if any(s.kind == "prime" for s in head.sups):
                raise RefusedError(
                    f"the derivative of {base} can't be used in a definition",
                    hint="write out what it is",
                    span=call.span,
                )
    elif kind == "defined":
        value = call_defined(ctx, head, arguments, call, hint)
    else:
        value = _named(ctx, head, arguments, hint)
    if scripts is not None:
        for sub in scripts.subs:
            for letter in letters(sub):
                if letter in ctx.scope:
                    reference = Reference(
                        _name(ctx, head), ((letter, "sub"),), (), False, call.span
                    )
                    value = indexed(ctx, value, reference)
        for sup in scripts.sups:
            if sup.kind == "transpose":
                turned = not turned
            elif sup.kind == "bare" and sup.tree is not None:
                powers = (*powers, sup.tree)
            elif sup.tree is not None and all(x in ctx.scope for x in letters(sup.tree)):
                for letter in letters(sup.tree):
                    reference = Reference(
                        _name(ctx, head), ((letter, "sup"),), (), False, call.span
                    )
                    value = indexed(ctx, value, reference)
    if turned:
        value = value.T
    for power in powers:
        value = raised(ctx, value, power, call)
    return value


def _name(ctx: Context, head: Tree) -> Name:
    reference = ctx.refer(head)
    assert reference is not None
    return reference.name


def refused(base: str, tree: Tree) -> RefusedError:
    """The error for a function that is understood and not supported."""
    return RefusedError(
        f"{REFUSED[base]} is not supported",
        hint="leave it out, or write what it stands for with sums, products and functions",
        span=tree.span,
    )


def _named(ctx: Context, head: Tree, arguments: tuple[Tree, ...], hint: Hint | None) -> Value:
    r"""`h(x^{(i)})`: the quantity h, for the sample that its argument names."""
    reference = _whole(ctx, head)
    assert reference is not None
    found = {x: None for x, _ in reference.indices}
    for argument in arguments:
        for node in walk(argument):
            for part in _script_parts(node):
                for letter in letters(part):
                    index = ctx.scope.get(letter)
                    if index is not None and index.sample:
                        found.setdefault(letter)
        for letter in letters(argument):
            if letter in ctx.scope:
                found.setdefault(letter)
    mentioned = Reference(
        reference.name, tuple((x, "sup") for x in found), reference.powers, False, reference.span
    )
    value = ctx.values.get(reference.name)
    if value is None:
        value = leaf(ctx, mentioned, hint)
    return indexed(ctx, value, mentioned)


def _script_parts(node: Tree) -> list[Tree]:
    if not isinstance(node, Script):
        return []
    return [*node.subs, *(s.tree for s in node.sups if s.tree is not None)]
