r"""Quantities that a note defines beside the formulas in which theirs stands."""

from __future__ import annotations

import pytest

from .verdicts import told, told_with_slip

LAYERS = r"""
$$a^l_j = \sigma\left( \sum_k v^l_{jk} a^{l-1}_k + c^l_j \right)$$
$$z^l = v^l a^{l-1} + c^l$$
$$E = \frac{1}{2} \sum_j (a^L_j - t_j)^2$$
$$\delta^l_j = \frac{\partial E}{\partial z^l_j}$$
$$\delta^L_j = \frac{\partial E}{\partial a^L_j} \sigma'(z^L_j)$$
$$\delta^l = ((v^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$
$$\frac{\partial z^{l+1}_k}{\partial z^l_j} = v^{l+1}_{kj} \sigma'(z^l_j)$$
"""


@pytest.mark.parametrize(
    ("right", "slip", "line"),
    [
        (r"\sigma'(z^L_j)", r"\sigma(z^L_j)", 6),
        (r"\odot \sigma'(z^l)", r"\odot \sigma'(z^{l+1})", 7),
        (r"((v^{l+1})^T", r"((v^l)^T", 7),
        (r"= v^{l+1}_{kj}", r"= v^{l+1}_{jk}", 8),
    ],
)
def test_what_goes_into_a_function_may_get_its_name_later(right: str, slip: str, line: int) -> None:
    assert told_with_slip(LAYERS, right, slip) == [f"{line} wrong"]


def test_another_formula_is_not_what_goes_into_the_function() -> None:
    assert "8 undecided" in told(
        LAYERS.replace("$$z^l = v^l a^{l-1} + c^l$$", "$$z^l = v^l a^{l-1}$$")
    )


ATTENTION = r"""
$$Q = X R, \quad K = X U, \quad V = X M$$
$$P = \text{softmax}(Q K^T)$$
$$O = P V$$
With $dO = \frac{\partial L}{\partial O}$:
$$dV = P^T dO$$
$$dX = dQ R^T + dK U^T + dV M^T$$
"""


def test_where_rows_weigh_each_other_one_row_tells_nothing() -> None:
    assert not told(ATTENTION)
    assert told(ATTENTION.replace("P^T dO", "P dO")) == ["6 wrong"]
    assert told(ATTENTION.replace("+ dK", "- dK")) == ["7 wrong"]


CLASSES = r"""
With $s = M x_i$ the loss is
$$L_i = -s_{y_i} + \log \sum_j e^{s_j}$$
$$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}$$
$$\frac{\partial L_i}{\partial s_k} = p_k - 1(y_i = k)$$
$$L = \frac{1}{N} \sum_i L_i$$
"""
ELSEWHERE = r"""
# Elsewhere
$$s(x, y) = x y$$
"""


def test_a_bare_one_before_a_condition_is_an_indicator() -> None:
    assert not told(CLASSES)
    slip = CLASSES.replace("p_k - 1(y_i = k)", "1(y_i = k) - p_k")
    assert told(slip) == ["5 wrong"]
    assert told(slip + ELSEWHERE) == ["5 wrong"]  # and not right for one class alone
    assert told(CLASSES.replace("1(y_i = k)", "1 (y_i = k)")) == ["5 undecided"]
    assert told(CLASSES.replace("1(y_i = k)", r"2\{y_i = k\}")) == ["5 undecided"]


@pytest.mark.parametrize(
    ("formula", "verdicts"),
    [
        ("q = w x + b", []),
        ("q(x) = w x + b", ["4 undecided"]),  # a function
        ("q = w x - b", ["4 undecided"]),
    ],
)
def test_only_the_same_formula_gets_the_name(formula: str, verdicts: list[str]) -> None:
    note = rf"""$$a = \tanh(w x + b)$$
$${formula}$$
$$L = (a - y)^2$$
$$\frac{{\partial L}}{{\partial q}} = 2 (a - y) (1 - a^2)$$"""
    assert told(note) == verdicts


LAYERS_AND_A_NEURON = r"""
# Layers
$$a^l_j = \sigma(\sum_k w^l_{jk} a^{l-1}_k + b^l_j)$$
$$z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$$
$$C = \frac{1}{2} \sum_j (y_j - a^L_j)^2$$
$$\frac{\partial C}{\partial z^L_j} = (a^L_j - y_j) \sigma'(z^L_j)$$
$$\nabla_a C = a^L - y$$
# A neuron
$$a = \sigma(z), \qquad z = \sum_j w_j x_j + b$$
$$C = -y \ln a - (1 - y) \ln (1 - a)$$
$$\frac{\partial C}{\partial w_j} = x_j (\sigma(z) - y)$$
# Softmax
$$a^L_j = \frac{e^{z^L_j}}{\sum_k e^{z^L_k}}$$
"""


def test_a_neuron_and_a_softmax_further_down_are_none_of_the_layers() -> None:
    note = LAYERS_AND_A_NEURON
    assert not told(note)
    assert told(note.replace(r"\sigma'(z^L_j)", r"\sigma(z^L_j)")) == ["6 wrong"]
