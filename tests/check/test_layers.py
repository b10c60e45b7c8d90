r"""Layers that a note treats one after the other, each with the gradient that arrives at it as given."""

from __future__ import annotations

import pytest

from backproof.check.printing.sentences import assumption

from .verdicts import findings, told, told_with_slip

NEURON = r"""A neuron is $y = \tanh(x)$, and

$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} (1 - y^2)$$

A table is taken apart by $Z = X W$ and a number by $q = x v$:

$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial q} v$$
"""


@pytest.mark.parametrize(
    ("line", "right", "wrong"),
    [
        (3, "(1 - y^2)", "(1 + y^2)"),
        (7, r"\frac{\partial L}{\partial q} v", r"\frac{\partial L}{\partial q} x"),
    ],
)
def test_what_other_layers_do_with_a_letter_is_no_part_of_this_one(
    line: int, right: str, wrong: str
) -> None:
    assert told_with_slip(NEURON, right, wrong) == [f"{line} wrong"]


def test_a_letter_may_have_another_formula_in_each_layer() -> None:
    note = r"""## Product

$$z = x y$$
$$\frac{\partial L}{\partial y} = \frac{\partial L}{\partial z} x$$

## Exponential

$$y = e^x$$
$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} y$$

## Square

$$y = x^2$$
$$\frac{\partial L}{\partial x} = 2 x \frac{\partial L}{\partial y}$$
"""
    assert told_with_slip(note, "= 2 x", "= 2 y") == ["14 wrong"]


def test_a_way_that_the_same_layer_has_is_not_left_out() -> None:
    note = r"""Two heads share one body: $r = U h$ and $s = V h$.

$$\frac{\partial L}{\partial h} = U^T \frac{\partial L}{\partial r} + V^T \frac{\partial L}{\partial s}$$
$$\frac{\partial L}{\partial V} = \frac{\partial L}{\partial s} h^T$$
"""
    lost = r" + V^T \frac{\partial L}{\partial s}"
    assert told_with_slip(note, lost, "") == ["3 wrong"]


def test_a_forward_pass_before_all_derivatives_is_one_layer() -> None:
    note = r"""## Forward

$$r = U h$$

## Another head

$$s = V h$$

## Backward

$$\frac{\partial L}{\partial V} = \frac{\partial L}{\partial s} h^T$$
$$\frac{\partial L}{\partial h} = U^T \frac{\partial L}{\partial r}$$
"""
    assert told(note) == ["12 wrong"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "the loss is taken to be any smooth function of y"),
        ("ko", "손실을 y의 임의의 매끄러운 함수로 보았다"),
    ],
)
def test_what_is_taken_for_granted_of_the_loss_is_said(language: str, sentence: str) -> None:
    note = r"With $y = w x$: $$\frac{\partial L}{\partial x} = -w \frac{\partial L}{\partial y}$$"
    (finding,) = findings(note)
    assert [assumption(n, language) for n in finding.assumed] == [sentence]


def test_the_steps_of_a_recurrence_are_no_other_layer() -> None:
    note = r"""$$c_t = \tanh(u c_{t-1} + x_t)$$
$$\frac{\partial L}{\partial u} = \sum_t \frac{\partial L}{\partial c_t} (1 - c_t^2) c_{t-1}$$
$$o_t = v c_t, \qquad L = \sum_{t=1}^{T} o_t^2$$
$$\frac{\partial L}{\partial c_t} = v \frac{\partial L}{\partial o_t} + u (1 - c_{t+1}^2) \frac{\partial L}{\partial c_{t+1}}$$
"""
    lost = r"= v \frac{\partial L}{\partial o_t} + u"
    assert told_with_slip(note, lost, "= u") == ["4 wrong"]


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial y}{\partial x} = -w",
        r"J'(\theta) \approx \frac{J(\theta + h) - J(\theta - h)}{h}",
    ],
)
def test_nothing_is_taken_for_granted_of_a_loss_that_is_not_differentiated(line: str) -> None:
    (finding,) = findings(f"With $y = w x$: $${line}$$")
    assert finding.verdict == "wrong"
    assert not finding.assumed
