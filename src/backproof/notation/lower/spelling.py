"""How the author writes what has several spellings."""

from __future__ import annotations

import re

from ...expr.model import Spelling
from ..document import Document
from ..syntax import Product, Script, Symbol
from .context import Context
from .library import ENTRYWISE, FORMULAS, MIXING
from .names import refer
from .trees import walk

_TRANSPOSE = re.compile(
    r"\^\s*(?:\{\s*\\?(?:T|top|intercal|math(?:sf|rm)\s*(?:\{T\}|T)|rm\s+T)\s*\}"
    r"|T(?![A-Za-z])|\\top(?![A-Za-z])|\\intercal(?![A-Za-z]))"
)
_HADAMARD = {"odot": r"\odot", "circ": r"\circ", "*": "*"}
_MIXED = frozenset({"softmax", "log_softmax", "logsumexp", "max", "min", "trace"})


def spelling(ctx: Context, note: Document) -> Spelling:
    """The first spelling of each thing that the note's definitions use."""
    functions: dict[str, str] = {}
    hadamard = layer = ""
    trees = [
        tree
        for d in (*ctx.survey.definitions.values(), *ctx.survey.functions.values())
        for tree in (d.right,)
    ]
    # the sigma of a variance is no function
    names = (*ctx.survey.definitions, *ctx.leaves)
    quantities = {n.base for n in names} | {n.base for n in ctx.survey.squared}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Symbol):
                op = ENTRYWISE.get(node.base) or FORMULAS.get(node.base) or _mixing(node.base)
                if op and node.base not in quantities:
                    functions.setdefault(op, node.written)
            elif isinstance(node, Product) and not hadamard:
                hadamard = next((_HADAMARD[o] for o in node.operators if o in _HADAMARD), "")
            elif isinstance(node, Script) and not layer:
                layer = _layer(ctx, node)
    turned = _TRANSPOSE.search(note.text)
    letters = [x for d in ctx.survey.definitions.values() for x in d.samples]
    letters += [letter for _, letter in sorted(
        ctx.survey.sample_sums, key=lambda k: (k[0].line, k[0].column)
    )]  # fmt: skip
    return Spelling(
        functions=functions,
        hadamard=hadamard or ("*" if ctx.survey.ascii else r"\odot"),
        transpose=turned[0] if turned else (".T" if ctx.survey.ascii else r"^{\top}"),
        index=letters[0] if letters else "i",
        layer=layer or "(",
        ascii=ctx.survey.ascii,
    )


def _mixing(base: str) -> str:
    op = MIXING.get(base, "")
    return op if op in _MIXED else ""


def _layer(ctx: Context, node: Script) -> str:
    reference = refer(node, (), bare_layers=ctx.survey.bare_layers)
    if reference is None or not reference.name.layer.isdigit():
        return ""
    for sup in node.sups:
        if sup.kind == "paren":
            return "("
        if sup.kind == "square":
            return "["
        if sup.kind == "bare" and ctx.survey.bare_layers:
            return "^"
    return "_" if node.subs else ""
