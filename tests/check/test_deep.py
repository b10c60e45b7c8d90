r"""Networks that are too deep to be followed from their loss down to each layer."""

from __future__ import annotations

import pytest

from .verdicts import judged, report, told_why

DEPTH = 40


def network(depth: int) -> str:
    """Layers of tanh below a sigmoid, and the gradients of every third one."""
    rows = [r"A^{[0]} = X"]
    for k in range(1, depth + 1):
        g = r"\sigma" if k == depth else r"\tanh"
        rows += [f"Z^{{[{k}]}} = W^{{[{k}]}} A^{{[{k - 1}]}}", f"A^{{[{k}]}} = {g}(Z^{{[{k}]}})"]
    last = f"a^{{[{depth}](i)}}"
    rows.append(
        rf"J = -\frac{{1}}{{m}} \sum_{{i=1}}^m [y^{{(i)}} \log {last} + (1 - y^{{(i)}}) "
        rf"\log(1 - {last})]"
    )
    for k in range(depth, 0, -3):
        by = rf"\frac{{\partial J}}{{\partial Z^{{[{k}]}}}}"
        above = rf"\frac{{\partial J}}{{\partial Z^{{[{k + 1}]}}}}"
        slope = rf"(W^{{[{k + 1}]T}} {above}) \odot (1 - (A^{{[{k}]}})^2)"
        rows += [
            f"{by} = " + (rf"\frac{{1}}{{m}} (A^{{[{k}]}} - Y)" if k == depth else slope),
            rf"\frac{{\partial J}}{{\partial W^{{[{k}]}}}} = {by} A^{{[{k - 1}]T}}",
        ]
    return "\n".join(f"$${row}$$" for row in rows)


def test_every_layer_of_a_deep_network_is_decided() -> None:
    assert set(judged(network(DEPTH))) == {"holds"}


@pytest.mark.parametrize("layer", [37, 16, 4])
@pytest.mark.parametrize(
    ("right", "slip"),
    [
        (r"\odot (1 - (A^{[%d]})^2)", r"\odot (1 + (A^{[%d]})^2)"),
        (r"\odot (1 - (A^{[%d]})^2)", r"\odot A^{[%d]}"),
    ],
)
def test_a_slip_in_any_layer_is_found_there(layer: int, right: str, slip: str) -> None:
    note = network(DEPTH)
    assert note.count(right % layer) == 1
    found = report(note.replace(right % layer, slip % layer))
    faults = [f for f in found.findings if f.verdict == "wrong"]
    line = next(k for k, row in enumerate(note.splitlines(), 1) if right % layer in row)
    assert [f.span.line for f in faults] == [line]


def test_an_error_passed_down_is_no_number_of_its_own() -> None:
    # delta^{[1]} is made of the very weights that J leads through: it can't be taken for any
    depth = 20
    rows = [r"a^{[0]} = x"]
    for k in range(1, depth + 1):
        rows += [f"z^{{[{k}]}} = w^{{[{k}]}} a^{{[{k - 1}]}}", f"a^{{[{k}]}} = \\tanh(z^{{[{k}]}})"]
    rows += [rf"J = \frac{{1}}{{2}} (a^{{[{depth}]}} - y)^2"]
    rows += [rf"\delta^{{[{depth}]}} = (a^{{[{depth}]}} - y) (1 - (a^{{[{depth}]}})^2)"]
    for k in range(depth - 1, 0, -1):
        rows.append(
            rf"\delta^{{[{k}]}} = w^{{[{k + 1}]}} \delta^{{[{k + 1}]}} (1 - (a^{{[{k}]}})^2)"
        )
    rows.append(r"\frac{\partial J}{\partial w^{[1]}} = \delta^{[1]} x")
    note = "\n".join(f"$${row}$$" for row in rows)
    assert all(line.split()[1] == "undecided" for line in told_why(note))
