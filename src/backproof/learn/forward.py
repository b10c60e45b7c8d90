"""The forward pass of a model up to one quantity, as NumPy source: what predicts."""

from __future__ import annotations

from ..calculus.prepare import prepare
from ..calculus.step import Derivation
from ..code.arrays import Lines
from ..code.finite import all_finite, finite
from ..code.identifiers import Identifiers
from ..code.numpy import NUMPY
from ..code.program import Instruction, Program
from ..expr.build import spread
from ..expr.node import Expr, is_named, rebuild, same, walk
from ..notation.text import text


def forward_source(derivation: Derivation, quantity: Expr) -> tuple[str, tuple[str, ...]]:
    """A module with `predict(parameters, ...)`, and the plain names of its other arguments.

    The arguments are the inputs and constants that the quantity depends on, in the model's shapes;
    what is 1 x 1 is a plain number. Raises RefusedError for an operation that NumPy lacks.
    """
    # Functions that are written out are recognised, and so are safe from overflow.
    quantity = prepare(derivation.model).replaced.get(quantity, quantity)
    program = _planned(derivation, quantity)
    lines = Lines(program, NUMPY)
    for instruction in program.instructions:
        lines.write(instruction)
    names = program.names
    head = f"def predict({', '.join(['parameters', *(names[e] for e in program.data.values())])}):"
    body = [f'    {names[e]} = parameters["{plain}"]' for plain, e in program.parameters.items()]
    leaves = {**program.parameters, **program.data}
    for letter, (plain, axis) in program.sizes.items():
        if letter in lines.counts:
            body.append(f"    {letter} = {names[leaves[plain]]}.shape[{axis}]")
    body += [*lines.lines, f"    return {program.loss}"]
    helpers = dict.fromkeys(h for h in lines.helpers.values() if h)
    imports = ["import math", "import numpy as np"] if lines.uses_math else ["import numpy as np"]
    imports += [h for h in helpers if h.startswith(("from ", "import "))]
    functions = [h.strip() for h in helpers if not h.startswith(("from ", "import "))]
    parts = ["\n".join(imports), *functions, "\n".join([head, *body])]
    return "\n\n\n".join(parts) + "\n", tuple(program.data)


def _planned(derivation: Derivation, quantity: Expr) -> Program:
    """A program that works out the named quantities that `quantity` uses, and then it itself."""
    model = derivation.model
    order = list(walk([quantity]))
    ids = Identifiers()
    leaves = [e for e in order if e.op == "name"]
    names = {e: ids.take(e.attr.plain) for e in leaves}
    instructions: list[Instruction] = []
    for e in order:
        if e.op != "let" and e is not quantity:
            continue
        value = _opened(e.args[0] if e.op == "let" else e)
        if value in names:  # a second name
            names[e] = names[value]
            continue
        name = ids.take(e.attr.plain if e.op == "let" else "prediction")
        said = f"{text(e, model.spelling)} = {text(e.args[0], model.spelling)}"
        instructions.append(Instruction(name, value, "forward", said if e.op == "let" else ""))
        names[e] = name
    sizes: dict[str, tuple[str, int]] = {}
    for e in leaves:
        for axis, dim in enumerate(e.shape):
            if isinstance(dim, str) and "+" not in dim:
                sizes.setdefault(dim, (e.attr.plain, axis))
    wanted = derivation.wanted
    return Program(
        derivation,
        {e.attr.plain: e for e in leaves if e in wanted},
        {e.attr.plain: e for e in leaves if e not in wanted},
        tuple(instructions),
        names,
        names[quantity],
        {},
        sizes,
    )


def _opened(value: Expr) -> Expr:
    """A formula with the definitions of functions put in; named quantities stay."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "call":
            table = dict(zip(old.attr.params, args, strict=True))
            return all_finite(spread(old.attr.body, table, old.shape), args)
        if old.op == "sized":
            return args[0]
        return finite(same(old, args))

    return rebuild(value, change, None, is_named)
