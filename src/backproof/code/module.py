"""The text of a module for an array language: head, helpers, the function, its docstring."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from ..expr.node import Expr
from ..expr.shape import SCALAR
from ..notation.text import text
from .arrays import WIDTH, Dialect, Lines
from .program import Program


@dataclass(frozen=True, slots=True)
class Layout:
    """What one target adds to the function: imports, lines at its start, and what follows it."""

    imports: str
    first: tuple[str, ...] = ()
    after: str = ""


def module(program: Program, dialect: Dialect, layout: Layout) -> str:
    """A module that defines `loss_and_gradients(parameters, ...)`."""
    lines = Lines(program, dialect)
    body = list(function_body(program, lines, layout))
    imports = [layout.imports]
    helpers = list(dict.fromkeys(h for h in lines.helpers.values() if h))
    imports += [h for h in helpers if h.startswith(("from ", "import "))]
    standard = ["import math", ""] if lines.uses_math else []
    head = [*docstring([*title(program), "", *network(program)], ""), "", *standard]
    out = "\n".join([*head, *sorted(imports, key=_import_order)]) + "\n"
    for helper in helpers:
        if not helper.startswith(("from ", "import ")):
            out += f"\n\n{helper.strip()}\n"
    out += "\n\n" + "\n".join(body) + "\n"
    return out + layout.after


def _import_order(line: str) -> tuple[bool, str]:
    return (not line.startswith("import "), line)


def title(program: Program) -> list[str]:
    """What the text is, in one sentence."""
    from importlib.metadata import version

    model = program.derivation.model
    note = f" of {PurePath(model.file).name}" if model.file else ""
    return [
        f"Loss and gradients{note}.",
        "",
        f"Emitted by backproof {version('backproof')} from a proven derivation; "
        "needs nothing of it to run.",
    ]


def network(program: Program) -> list[str]:
    """The equations of the model, one a line."""
    model = program.derivation.model
    spelling = model.spelling
    return [
        f"    {text(q.quantity, spelling)} = {text(q.value, spelling)}"
        for q in model.equations[:60]
    ]


def docstring(lines: Iterable[str], indent: str) -> list[str]:
    """Lines as a docstring, wrapped. Backslashes are doubled, since it is no raw string."""
    out: list[str] = []
    for line in lines:
        own = line[: len(line) - len(line.lstrip())]
        room = WIDTH - 3
        given = textwrap.wrap(
            line.strip().replace("\\", r"\\").replace('"""', r"\"\"\""),
            room,
            initial_indent=indent + own,
            subsequent_indent=indent + own + ("    " if own else ""),
            break_long_words=False,
            break_on_hyphens=False,
        )
        out += given or [""]
    out[0] = f'{indent}"""{out[0].lstrip()}'
    if len(out) == 1:
        return [f'{out[0]}"""']
    return [*out, f'{indent}"""']


def arguments(program: Program) -> list[str]:
    """The identifiers of inputs, targets and constants, in the order of the signature."""
    return [program.names[e] for e in program.data.values()]


def signature(program: Program, name: str = "loss_and_gradients") -> list[str]:
    """The first line of the function, or several where it would be too long."""
    one = f"def {name}({', '.join(['parameters', *arguments(program)])}):"
    if len(one) <= WIDTH:
        return [one]
    inner = f"    {', '.join(['parameters', *arguments(program)])}"
    if len(inner) <= WIDTH:
        return [f"def {name}(", inner, "):"]
    return [
        f"def {name}(",
        *(f"    {word}," for word in ["parameters", *arguments(program)]),
        "):",
    ]


def shape_words(e: Expr) -> str:
    """`n1 x m`, or `a number`."""
    return "a number" if e.shape == SCALAR else f"{e.shape[0]} x {e.shape[1]}"


def explained(program: Program) -> list[str]:
    """The docstring of the function: what goes in and out, with shapes."""
    roles = program.derivation.model.roles
    lines = ["The loss and its gradient by each parameter.", ""]
    if program.parameters:
        lines.append("parameters: a dict with")
        lines += [f"    {plain}: {shape_words(e)}" for plain, e in program.parameters.items()]
    for e in program.data.values():
        lines.append(f"{program.names[e]}: {shape_words(e)}, {roles.get(e, 'input')}")
    lines += ["", "Returns the loss and a dict of gradients, each in the shape of what it is by."]
    return lines


def function_body(program: Program, lines: Lines, layout: Layout) -> Iterable[str]:
    """The function from its first line to the last."""
    yield from signature(program)
    yield from docstring(explained(program), "    ")
    yield from unpacked(program)
    yield from (f"    {line}" for line in layout.first)
    phase = ""
    for instruction in program.instructions:
        if instruction.phase != phase:
            phase = instruction.phase
            lines.lines += ["", f"    # --- {phase} ---"]
        lines.write(instruction)
    yield from counted(program, lines.counts)
    yield from lines.lines
    yield ""
    yield from returned(program)


def unpacked(program: Program) -> Iterable[str]:
    """Lines that take the parameters out of their dict."""
    for plain, e in program.parameters.items():
        yield f'    {program.names[e]} = parameters["{plain}"]'


def counted(program: Program, wanted: set[str]) -> Iterable[str]:
    """Lines that count the dimensions which the function writes down."""
    leaves = {**program.parameters, **program.data}
    for letter, (plain, axis) in program.sizes.items():
        if letter in wanted:
            yield f"    {letter} = {program.names[leaves[plain]]}.shape[{axis}]"


def returned(program: Program) -> Iterable[str]:
    """The last lines."""
    pairs = [f'"{plain}": {name}' for plain, name in program.gradients.items()]
    one = f"    return {program.loss}, {{{', '.join(pairs)}}}"
    if len(one) <= WIDTH:
        yield one
        return
    yield f"    return {program.loss}, {{"
    yield from (f"        {pair}," for pair in pairs)
    yield "    }"
