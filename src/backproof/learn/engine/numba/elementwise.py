"""The entrywise part of an engine as source text, from what the derivation says about an entry.

The letters are those of `learn.kernels`. The generic engine holds the common activations and losses
side by side and is compiled once for all networks made of them; any other network gets a text, and
machine code, of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...kernels import Kernels, Layer


@dataclass(frozen=True, slots=True)
class Output:
    """What happens at the last layer."""

    value: str
    delta: str
    loss: str
    rows: bool = False

    @property
    def weighted(self) -> bool:
        return _uses(self.delta + " " + self.loss, "s")


@dataclass(frozen=True, slots=True)
class Table:
    """Hidden layers' activations and outputs; the native code knows them by their numbers here."""

    hidden: tuple[Layer, ...]
    outputs: tuple[Output, ...]

    def codes(self, kernels: Kernels) -> tuple[list[int], int]:
        """The numbers of the activations and of the output. ValueError: one isn't here."""
        *hidden, _ = kernels.layers
        return [self.hidden.index(e) for e in hidden], self.outputs.index(output(kernels))

    def keeps_z(self, code: int) -> bool:
        """Whether the way back needs the linear part next to the activation."""
        return _uses(self.hidden[code].back, "z")


def output(kernels: Kernels) -> Output:
    last = kernels.layers[-1]
    return Output(last.value, kernels.delta, kernels.loss, last.rows)


COMMON = Table(
    hidden=(
        Layer("z", "d"),
        Layer("max(z, zero)", "d * (one if z > zero else zero)"),
        Layer("sigmoid(z)", "(d * a) * (one - a)"),
        Layer("tanh(z)", "d * (one - (a * a))"),
    ),
    outputs=(
        Output("z", "r * (z - y)", "(one / (real(2.0) * (one / r))) * ((z - y) * (z - y))"),
        Output("sigmoid(z)", "r * (a - y)", "-(r) * ((y * z) - softplus(z))"),
        Output("softmax", "r * (a - y)", "-(r) * (y * q)", rows=True),
        Output(
            "z",
            "real(2.0) * ((s * (one / (real(2.0) * (one / r)))) * (z - y))",
            "(one / (real(2.0) * (one / r))) * (s * ((z - y) * (z - y)))",
        ),
        Output("sigmoid(z)", "(s * r) * (a - y)", "-(r) * (s * ((y * z) - softplus(z)))"),
        Output("softmax", "(a * (s * r)) - ((s * r) * y)", "-(r) * (s * (y * q))", rows=True),
    ),
)


def table(kernels: Kernels) -> Table:
    """The table that a network needs: the common one if that holds everything."""
    try:
        COMMON.codes(kernels)
    except ValueError:
        *hidden, _ = kernels.layers
        return Table(tuple(dict.fromkeys(hidden)), (output(kernels),))
    return COMMON


def _uses(text: str, letter: str) -> bool:
    return re.search(rf"\b{letter}\b", text) is not None


_HEAD = '''
from math import cos, cosh, erf, expm1, log, log1p, sin, sinh, sqrt, tan

real = F
zero, one = F(0.0), F(1.0)


@njit(error_model="numpy", fastmath={"contract"})
def log1mexp(x):
    """log(1 - exp(x)) for x < 0."""
    return log(-expm1(x)) if x > real(-0.6931472) else log1p(-exp(x))


@njit(error_model="numpy", fastmath={"contract"})
def softmax_rows(z, a, q, rows, n):
    """The softmax of each row and its logarithm, from the row less its largest entry."""
    for i in range(rows):
        linear, shifted = row(ahead(z, i * n), n), row(ahead(q, i * n), n)
        top = linear[0]
        for j in range(1, n):
            top = max(top, linear[j])
        for j in range(n):
            shifted[j] = linear[j] - top
    active, shifted = row(a, rows * n), row(q, rows * n)
    for j in range(rows * n):
        active[j] = bounded_exp(shifted[j])
    for i in range(rows):
        active, shifted = row(ahead(a, i * n), n), row(ahead(q, i * n), n)
        total = zero
        for j in range(n):
            total += active[j]
        part, height = one / total, log(total)
        for j in range(n):
            active[j] *= part
            shifted[j] -= height
'''
_ACTIVATE = '''

@njit(error_model="numpy", fastmath={"contract"})
def activate(code, linear_at, active_at, bias_at, n, rows, step):
    """From the linear part without its bias, for rows that begin `step` apart; where the way back
    has no use for z, a takes its place."""
    bias = row(bias_at, n)
'''
_DERIVE = '''

@njit(error_model="numpy", fastmath={"contract"})
def derive(code, slopes_at, linear_at, active_at, n):
    """The gradient by a becomes the gradient by z."""
    slopes, linear, active = row(slopes_at, n), row(linear_at, n), row(active_at, n)
'''
_FINISH = '''

@njit(error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def add_up(entries, n):
    values, total = row(entries, n), zero
    for j in range(n):
        total += values[j]
    return total


@njit(error_model="numpy", fastmath={"contract"})
def finish(
    code, linear_at, active_at, logs_at, slopes_at, targets_at, weights_at, scale, rows, n, outputs
):
    """The gradient of the loss by the last z, and these rows' part of the loss."""
    r, k, whole = F(scale), F(outputs), n * rows
    weights = row(weights_at, rows)
    linear, active, logs = row(linear_at, whole), row(active_at, whole), row(logs_at, whole)
    slopes, targets = row(slopes_at, whole), row(targets_at, whole)
'''


def source(table: Table) -> str:
    """The functions `activate`, `derive` and `finish`, which take a number in the table."""
    text = [_HEAD, _ACTIVATE]
    for code, layer in enumerate(table.hidden):
        kept = table.keeps_z(code)
        text += [
            f"    if code == {code}:\n        for i in range(rows):\n",
            "            linear = row(ahead(linear_at, i * step), n)\n",
            "            active = row(ahead(active_at, i * step), n)\n" if kept else "",
            "            for j in range(n):\n",
            "                z = linear[j] + bias[j]\n",
            "                linear[j] = z\n" if kept else "",
            f"                {'active' if kept else 'linear'}[j] = {layer.value}\n",
        ]
    text.append(_DERIVE)
    for code, layer in enumerate(table.hidden):
        text += [
            f"    if code == {code}:\n        for j in range(n):\n",
            "            d, z, a = slopes[j], linear[j], active[j]\n",
            f"            slopes[j] = {layer.back}\n",
        ]
    text.append(_FINISH)
    for code, end in enumerate(table.outputs):
        text.append(f"    if code == {code}:\n")
        if end.rows:
            text.append("        softmax_rows(linear_at, active_at, logs_at, rows, n)\n")
        entry = [
            "z, q, y = linear[j], logs[j], targets[j]",
            f"a = {'active[j]' if end.rows else end.value}",
            f"slopes[j] = {end.delta}",
            f"logs[j] = {end.loss}",
        ]
        if not end.weighted:
            text += _loop("j in range(whole)", entry)
            continue
        text.append("        if n == 1:\n")
        text += _loop("j in range(rows)", ["s = weights[j]", *entry], 12)
        text.append("        else:\n")
        text += _loop("i in range(rows)", ["s = weights[i]"], 12)
        text += _loop("j in range(i * n, i * n + n)", entry, 16)
    text.append("    return add_up(logs_at, whole)\n")
    return "".join(text)


def _loop(head: str, lines: list[str], depth: int = 8) -> list[str]:
    return [f"{' ' * depth}for {head}:\n", *(f"{' ' * depth}    {e}\n" for e in lines)]
