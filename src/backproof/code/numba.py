"""Programs as Numba: a compiled kernel over arrays, and a function of dicts around it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from fractions import Fraction

from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, Shape
from .entries import Names, Text
from .identifiers import Identifiers
from .module import WIDTH, arguments, docstring, explained, network, signature, title
from .nests import Nests
from .program import Program
from .sizes import counted, length
from .writing import Page

_MATHS = "exp log sqrt sin cos tan sinh cosh tanh erf log1p expm1".split()
_HELPERS = {
    "relu": '''
def relu(z):
    """A value that is not a number stays one."""
    return _zero if z < _zero else z
''',
    "step": """
def step(z):
    return _one if z > _zero else _zero
""",
    "sign": """
def sign(z):
    return (_one if z > _zero else _zero) - (_one if z < _zero else _zero)
""",
    "sigmoid": '''
def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow for any z."""
    power = math.exp(-abs(z))
    return (_one if z >= _zero else power) / (_one + power)
''',
    "softplus": '''
def softplus(z):
    """log(1 + exp(z)), without overflow for any z."""
    return max(z, _zero) + math.log1p(math.exp(-abs(z)))
''',
    "log1mexp": '''
def log1mexp(z):
    """log(1 - exp(z)) for z < 0; Maechler (2012)."""
    if z > -0.6931471805599453:
        return math.log(-math.expm1(z))
    return math.log1p(-math.exp(z))
''',
    "_product": '''
def _product(a, b, out):
    """out = a @ b. For little work a call of BLAS costs more than plain loops."""
    if a.shape[0] * a.shape[1] * b.shape[1] > 4096:
        np.dot(a, b, out)
    else:
        out[:] = _zero
        _add_terms(a, b, out)
''',
    "_add_product": '''
def _add_product(a, b, out):
    """out += a @ b"""
    if a.shape[0] * a.shape[1] * b.shape[1] > 4096:
        out += np.dot(a, b)
    else:
        _add_terms(a, b, out)
''',
    "_add_terms": """
def _add_terms(a, b, out):
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                out[i, j] += a[i, k] * b[k, j]
""",
}


class Python(Page):
    """Statements and formulas of Python, as Numba compiles them best."""

    choice = "{1} if {0} else {2}"
    either = " or "
    forms: Mapping[str, str] = {
        **{f: f"math.{f}({{0}})" for f in _MATHS},
        **{f: f"{f}({{0}})" for f in ("relu", "sigmoid", "softplus", "log1mexp")},
        **{f: f"real({f}({{0}}))" for f in ("step", "sign")},
        "abs": "abs({0})",
        "max": "max({0}, {1})",
        "min": "min({0}, {1})",
        "pow": "math.pow({0}, {1})",
    }

    def __init__(self, sizes: Mapping[str, str], dtype: str) -> None:
        self.sizes = sizes
        self.dtype = dtype
        super().__init__(WIDTH)

    def entry(self, name: str, shape: Shape, row: str, column: str) -> str:
        return name if shape == SCALAR else f"{name}[{row}, {column}]"

    def count(self, dim: Dim) -> str:
        return length(dim, self.sizes)

    def number(self, value: Fraction) -> Text:
        top, bottom = value.numerator, value.denominator
        short = repr(top / bottom) if bottom > 1 else str(top)
        return Text(f"real({short})" if len(short) <= 12 else f"real({top} / {bottom})")

    def typed(self, text: Text) -> Text:
        return Text(f"real({text.text})") if text.bare else text

    def constant(self, name: str) -> Text:
        return Text(f"real(math.{name})")

    # -- statements ------------------------------------------------------------------------

    def remark(self, text: str) -> None:
        room = WIDTH - 6
        self.lines += [f"    # {x}" for x in textwrap.wrap(text, room, break_long_words=False)]

    def loop(self, index: str, dim: Dim) -> AbstractContextManager[None]:
        return self.inside(f"for {index} in range({self.count(dim)}):")

    def when(self, condition: str) -> AbstractContextManager[None]:
        return self.inside(f"if {condition}:")

    def let(self, name: str, text: str) -> None:
        self.put(name, text)

    def var(self, name: str, text: str) -> None:
        self.put(name, text)

    def counter(self, name: str) -> None:
        self.put(name, "0")

    def put(self, target: str, text: str, sign: str = "=") -> None:
        self.line(f"{target} {sign} {text}")

    def make(self, name: str, shape: Shape) -> None:
        rows, columns = (self.count(d) for d in shape)
        self.put(name, f"np.empty(({rows}, {columns}), {self.dtype})")

    def multiply(self, target: str, product: Expr, names: Names, add: bool) -> bool:
        words: list[str] = []
        for e in product.args:
            turned = e.op == "transpose" and names(e) is None
            name = names(e.args[0] if turned else e)
            if name is None:
                return False
            words.append(f"{name}.T" if turned else name)
        self.line(f"{'_add_product' if add else '_product'}({', '.join(words)}, {target})")
        return True


def source(program: Program) -> str:
    """The text of a module with `loss_and_gradients`, compiled at the first call."""
    kernel = "\n".join(_kernel(program))
    wanted: dict[str, str] = {}
    texts = [kernel]
    while texts:
        text = texts.pop()
        for name, helper in _HELPERS.items():
            called = rf"^[^#]*(?<![\w.]){name}\("
            if name not in wanted and re.search(called, text, re.MULTILINE):
                wanted[name] = helper
                texts.append(helper)
    helpers = [f"\n\n@jit\n{_HELPERS[f].strip()}\n" for f in _HELPERS if f in wanted]
    body = "".join(helpers) + f"\n\n{kernel}\n\n\n" + "\n".join(_wrapper(program)) + "\n"
    head = [*docstring([*title(program), "", *network(program)], ""), ""]
    if "math." in body:
        head += ["import math", ""]
    head += ["import numba", "import numpy as np", ""]
    head += ["# What is compiled is kept beside this file, if it is one."]
    head += ['jit = numba.njit(error_model="numpy", cache="__file__" in globals())']
    if any(f"_{n}" in body for n in ("zero", "one")):
        head += ["# Small integers, so that a result has the precision of the other operand."]
        head += ["_zero, _one = np.int8(0), np.int8(1)"]
    return "\n".join(head) + "\n" + body


def _matrices(program: Program) -> list[str]:
    leaves = [*program.parameters.values(), *program.data.values()]
    return [program.names[e] for e in leaves if e.shape != SCALAR]


def _results(program: Program) -> list[str]:
    return list(dict.fromkeys([program.loss, *program.gradients.values()]))


def _kernel(program: Program) -> Iterator[str]:
    """The compiled function: arrays and numbers in, a tuple out."""
    leaves = {**program.parameters, **program.data}
    ids = Identifiers()
    for name in [*program.names.values(), *(i.name for i in program.instructions)]:
        ids.take(name)
    sizes, counts = counted(program, ids, lambda name, axis: f"{name}.shape[{axis}]")
    matrices = _matrices(program)
    tongue = Python(sizes, f"{matrices[0]}.dtype" if matrices else "np.float64")
    nests = Nests(program, tongue)
    phase = ""
    for instruction in program.instructions:
        if instruction.phase != phase:
            phase = instruction.phase
            tongue.lines += ["", f"    # --- {phase} ---"]
        nests.write(instruction, nests.cut(instruction))
    body = "\n".join(line for line in tongue.lines if not line.lstrip().startswith("#"))
    for size in reversed(counts):
        if re.search(rf"(?<!\w){size}(?!\w)", body):
            body = f"    {size} = {counts[size]}\n{body}"
        else:
            counts[size] = ""
    yield "@jit"
    yield from _call("def _kernel", [program.names[e] for e in leaves.values()], ":")
    yield f"    real = {tongue.dtype}.type" if matrices else "    real = np.float64"
    yield from (f"    {size} = {text}" for size, text in counts.items() if text)
    yield from tongue.lines
    yield ""
    yield from _sequence("    return ", _results(program))


def _wrapper(program: Program) -> Iterator[str]:
    """The function of dicts."""
    matrices = _matrices(program)
    given = {program.names[e]: f'parameters["{p}"]' for p, e in program.parameters.items()}
    given |= {name: name for name in arguments(program)}
    yield from signature(program)
    yield from docstring(explained(program), "    ")
    if matrices:
        yield f"    real = np.result_type({given[matrices[0]]}, np.float32)"
    else:
        yield "    real = np.dtype(float)"
    for name, value in given.items():
        if name in matrices:
            head = f"    {name} = np.ascontiguousarray"
            yield from _call(head, [value, "dtype=real"], "")
        else:
            yield f"    {name} = real.type({value})"
    results = "results"
    while results in given:
        results += "_"
    yield from _call(f"    {results} = _kernel", list(given), "")
    names = _results(program)
    if len(names) == 1:
        found = {names[0]: results}
    else:
        found = {name: f"{results}[{place}]" for place, name in enumerate(names)}
    pairs = [f'"{plain}": {found[name]}' for plain, name in program.gradients.items()]
    one = f"    return {found[program.loss]}, {{{', '.join(pairs)}}}"
    if len(one) <= WIDTH:
        yield one
    else:
        yield f"    return {found[program.loss]}, {{"
        yield from (f"        {pair}," for pair in pairs)
        yield "    }"


def _call(head: str, items: list[str], tail: str) -> Iterator[str]:
    """A call or a signature on one line, or laid out as formatters do."""
    one = f"{head}({', '.join(items)}){tail}"
    indent = " " * (len(head) - len(head.lstrip()))
    inner = f"{indent}    {', '.join(items)}"
    if len(one) <= WIDTH:
        yield one
    elif len(inner) <= WIDTH:
        yield from [f"{head}(", inner, f"{indent}){tail}"]
    else:
        yield f"{head}("
        yield from (f"{indent}    {item}," for item in items)
        yield f"{indent}){tail}"


def _sequence(head: str, items: list[str]) -> Iterator[str]:
    one = f"{head}{', '.join(items)}"
    if len(one) <= WIDTH:
        yield one
    else:
        yield f"{head}("
        yield from (f"        {item}," for item in items)
        yield "    )"
