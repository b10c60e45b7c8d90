"""Programs as JavaScript: one function of plain arrays, for a page or for Node.js.

Unlike the other targets it hands out what lies between as well, since a page shows the value and
the gradient of every unit: each quantity of the note, and the derivative of the loss by each.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from .identifiers import Identifiers
from .javascript_words import HELPERS, WIDTH, JavaScript
from .module import network, shape_words, title
from .nests import Nests
from .plan import plan
from .program import Program
from .sizes import counted


def source(program: Program) -> str:
    """The text of a script that defines `lossAndGradients(parameters, data)`."""
    program = plan(program.derivation, between=True)
    function = "\n".join(_function(program))
    used = [h for f, h in HELPERS.items() if re.search(rf"(?<![\w.]){f}\(", _bare(function))]
    parts = ["\n".join(_comment(_head(program))), '"use strict";', *used, function]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _head(program: Program) -> Iterator[str]:
    yield from [*title(program), "", *network(program), ""]
    yield "A matrix is an array of its rows, and what is 1 x 1 is a plain number."


def _function(program: Program) -> Iterator[str]:
    ids = Identifiers()
    for name in [*program.names.values(), *(i.name for i in program.instructions)]:
        ids.take(name)
    sizes, counts = counted(program, ids, _side)
    tongue = JavaScript(sizes)
    nests = Nests(program, tongue)
    phase = ""
    for instruction in program.instructions:
        if instruction.phase != phase:
            phase = instruction.phase
            tongue.lines += ["", f"    // --- {phase} ---"]
        nests.write(instruction, nests.cut(instruction))
    body = _bare("\n".join(tongue.lines))
    wanted: dict[str, str] = {}
    for size, text in reversed(counts.items()):
        if re.search(rf"(?<!\w){size}(?!\w)", f"{body}\n{' '.join(wanted.values())}"):
            wanted[size] = text
    counting = [f"    const {size} = {text};" for size, text in reversed(wanted.items())]
    yield from _comment(_explained(program))
    yield "function lossAndGradients(parameters, data) {"
    read = "\n".join([body, *counting, *program.values.values()])
    for group, given in (("parameters", program.parameters), ("data", program.data)):
        for plain, e in given.items():
            if re.search(rf"(?<!\w){program.names[e]}(?!\w)", read):
                yield f"    const {program.names[e]} = {group}{_member(plain)};"
    yield from counting
    yield from tongue.lines
    yield ""
    yield "    return {"
    yield f"        loss: {program.loss},"
    yield from _object("gradients", program.gradients)
    yield from _object("values", program.values)
    yield from _object("deltas", program.deltas)
    yield "    };"
    yield "}"


def _side(name: str, axis: int) -> str:
    return f"{name}[0].length" if axis else f"{name}.length"


def _explained(program: Program) -> Iterator[str]:
    """What goes in and out, with shapes."""
    roles = program.derivation.model.roles
    yield from ["The loss, its gradient by each parameter, and what lies between.", ""]
    yield "@param {Object} parameters"
    yield from (f"    {p}: {shape_words(e)}" for p, e in program.parameters.items())
    yield "@param {Object} data"
    yield from (
        f"    {p}: {shape_words(e)}, {roles.get(e, 'input')}" for p, e in program.data.items()
    )
    yield "@returns {{loss: number, gradients: Object, values: Object, deltas: Object}}"
    yield "    gradients: by each parameter, in the shape of what it is by"
    yield "    values: of each quantity, and of each short name for a derivative"
    yield "    deltas: the derivative of the loss by each quantity"


def _comment(lines: Iterable[str]) -> Iterator[str]:
    yield "/**"
    for line in lines:
        own = line[: len(line) - len(line.lstrip())]
        yield from textwrap.wrap(
            line.strip().replace("*/", "* /"),
            WIDTH,
            initial_indent=f" * {own}",
            subsequent_indent=f" * {own}    ",
            break_long_words=False,
            break_on_hyphens=False,
        ) or [" *"]
    yield " */"


def _bare(text: str) -> str:
    """The text without its comments."""
    return re.sub(r"^\s*(//| ?\*|/\*\*).*$", "", text, flags=re.MULTILINE)


def _is_word(plain: str) -> bool:
    return re.fullmatch(r"[A-Za-z_]\w*", plain, re.ASCII) is not None


def _member(plain: str) -> str:
    return f".{plain}" if _is_word(plain) else f"[{json.dumps(plain)}]"


def _object(name: str, values: Mapping[str, str]) -> Iterator[str]:
    """A property that is an object, on one line or on a line for each of its own."""
    pairs = [
        plain if plain == value else f"{plain if _is_word(plain) else json.dumps(plain)}: {value}"
        for plain, value in values.items()
    ]
    one = f"        {name}: {{ {', '.join(pairs)} }}," if pairs else f"        {name}: {{}},"
    if len(one) <= WIDTH:
        yield one
        return
    yield f"        {name}: {{"
    yield from (f"            {pair}," for pair in pairs)
    yield "        },"
