r"""Definitions that need one another: layers told apart by a letter, steps, names with two uses."""

from __future__ import annotations

import pytest

from .verdicts import judged, told, told_with_slip, wrong

FORWARD = r"""Inputs are $a_i$. Hidden units and outputs have

$$z_j = b_j + \sum_i w_{ij} a_i, \qquad a_j = g(z_j)$$

$$z_k = b_k + \sum_j w_{jk} a_j, \qquad a_k = g(z_k)$$

$$E = \frac{1}{2} \sum_k (a_k - t_k)^2$$

"""
DELTAS = (
    FORWARD
    + r"""$$\delta_k = \frac{\partial E}{\partial z_k}$$

$$\delta_j = \frac{\partial E}{\partial z_j}$$

"""
)
GENERIC = r"""Each unit has $u_j = \sum_i w_{ji} v_i$ and $v_j = h(u_j)$. The error of the outputs is
$E = \frac{1}{2} \sum_k (v_k - t_k)^2$.

$$\delta_j = \frac{\partial E}{\partial u_j}$$

"""
SUMS = r"""

$$\delta_j = h'(u_j) \sum_k w_{kj} \delta_k$$"""
STEP = r"""$z = W x + b$, $p = \mathrm{softmax}(z)$ and $L = -\sum_k y_k \log p_k$, where
$\sum_k y_k = 1$. Then $W = W_{\text{old}} - \eta \frac{\partial L}{\partial W}$ and
$b = b_{\text{old}} - \eta \frac{\partial L}{\partial b}$.

"""
PARTS = r"""With $x = \begin{bmatrix} x_1 \\ x_2 \\ x_3 \end{bmatrix}$ let $a = \sigma(w^T x)$ and
$L = \frac{1}{2} (a - y)^2$.

"""
POLICY = r"""$$z = W x + b, \qquad \pi_k = \pi(k \mid x) = \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}$$

"""
TABLE = r"""For one sample $a = W x + b$, $h = \sigma(a)$, $\hat{x} = W^T h + c$ and $e = \hat{x} - x$,
$L = \frac{1}{2} \sum_{j=1}^n e_j^2$. With $N$ samples as the columns of $X$, $A$, $H$ and $\hat{X}$ let
$J = \frac{1}{N} \sum_{i=1}^{N} L^{(i)}$.

"""
TWICE = r"""# Activation

$y = \tanh(x)$

# Decoder

$x = W y$

# Loss

$L = \frac{1}{2} (x - r)^2$.

"""

#: What comes before, a line that holds, and one that does not.
CASES: dict[str, tuple[str, str, str]] = {
    "layers with a letter each: a weight above": (
        FORWARD,
        r"\frac{\partial E}{\partial w_{jk}} = (a_k - t_k) g'(z_k) a_j",
        r"\frac{\partial E}{\partial w_{jk}} = (a_k - t_k) g'(z_k) a_k",
    ),
    "layers with a letter each: a weight below": (
        DELTAS,
        r"\frac{\partial E}{\partial w_{ij}} = \delta_j a_i",
        r"\frac{\partial E}{\partial w_{ij}} = \delta_j a_j",
    ),
    "layers with a letter each: an error sent back": (
        DELTAS,
        r"\delta_j = g'(z_j) \sum_k w_{jk} \delta_k",
        r"\delta_j = g'(z_j) \sum_k w_{kj} \delta_k",
    ),
    "layers with a letter each: the slope is taken in the other layer": (
        DELTAS,
        r"\delta_k = (a_k - t_k) g'(z_k)",
        r"\delta_k = (a_k - t_k) g'(z_j)",
    ),
    "one formula for all layers": (
        GENERIC,
        r"\frac{\partial E}{\partial w_{ji}} = \delta_j v_i" + "$$" + SUMS.rstrip("$"),
        r"\frac{\partial E}{\partial w_{ji}} = \delta_j v_j" + "$$" + SUMS.rstrip("$"),
    ),
    "one error for all layers": (
        GENERIC,
        r"\delta_k = (v_k - t_k) h'(u_k)" + "$$" + SUMS.rstrip("$"),
        r"\delta_k = (t_k - v_k) h'(u_k)" + "$$" + SUMS.rstrip("$"),
    ),
    "letters that stand for others": (
        r"""$o_j = h(u_j) = h(\sum_k w_{kj} o_k)$ with $u_j = \sum_k w_{kj} o_k$, and
$E = \frac{1}{2} \sum_l (t_l - o_l)^2$. The error is $\delta_j = \frac{\partial E}{\partial u_j}$.

$$\frac{\partial u_j}{\partial w_{ij}} = o_i$$

""",
        r"\delta_j = h'(u_j) \sum_l w_{jl} \delta_l",
        r"\delta_j = h'(u_j) \sum_l w_{lj} \delta_l",
    ),
    "one letter for the weights between layers of their own": (
        r"""$h_j = \tanh(\sum_i w_{ij}^{(1)} x_i)$, $y_k = \sum_j w_{jk}^{(2)} h_j$ and
$E = \frac{1}{2} \sum_k (y_k - t_k)^2$.

""",
        r"\frac{\partial E}{\partial w_{ij}^{(1)}} = (1 - h_j^2) x_i \sum_k (y_k - t_k) w_{jk}",
        r"\frac{\partial E}{\partial w_{ij}^{(1)}} = (1 - h_j^2) x_i \sum_k (y_k - t_k) w_{kj}",
    ),
    "steps of the parameters": (
        STEP,
        r"\frac{\partial L}{\partial b} = p - y",
        r"\frac{\partial L}{\partial b} = y - p",
    ),
    "a vector spelled out": (
        PARTS,
        r"\frac{\partial L}{\partial w} = (a - y) a (1 - a) x",
        r"\frac{\partial L}{\partial w} = (a - y) (1 - a) x",
    ),
    "the same quantity with what it depends on": (
        POLICY,
        r"\frac{\partial \pi_k}{\partial z_j} = \pi_k (\delta_{kj} - \pi_j)",
        r"\frac{\partial \pi_k}{\partial z_j} = \pi_k (\delta_{kj} - \pi_k)",
    ),
    "all samples of a quantity with a formula": (
        TABLE,
        r"\frac{\partial J}{\partial A} = (W \frac{\partial J}{\partial \hat{X}}) \odot H \odot (1 - H)",
        r"\frac{\partial J}{\partial A} = (W \frac{\partial J}{\partial \hat{X}}) \odot H",
    ),
    "a symmetry": (
        r"""$K_{mn} = K_{nm}$ and $v_m = \sum_n K_{mn} u_n$.

""",
        r"\frac{\partial v_m}{\partial u_n} = K_{mn}",
        r"\frac{\partial v_m}{\partial u_n} = 2 K_{mn}",
    ),
    "two uses of a letter": (
        TWICE,
        r"\frac{\partial L}{\partial x} = x - r",
        r"\frac{\partial L}{\partial x} = x + r",
    ),
    "the older of two distributions": (
        POLICY,
        r"D = \sum_{k=1}^{K} q_k \log \frac{q_k}{\pi_k}, \qquad"
        r"\frac{\partial D}{\partial z_j} = \pi_j - q_j".replace("q_", r"\pi^{\text{old}}_"),
        r"D = \sum_{k=1}^{K} q_k \log \frac{q_k}{\pi_k}, \qquad"
        r"\frac{\partial D}{\partial z_j} = q_j - \pi_j".replace("q_", r"\pi^{\text{old}}_"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "line", "_"), CASES.values(), ids=CASES)
def test_what_is_right_holds(before: str, line: str, _: str) -> None:
    assert {*judged(f"{before}$${line}$$\n")} == {"holds"}


@pytest.mark.parametrize(("before", "_", "line"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_found(before: str, _: str, line: str) -> None:
    assert len(wrong(f"{before}$${line}$$\n")) == 1


def test_a_slip_that_makes_a_unit_need_itself() -> None:
    note = (
        FORWARD
        + r"""Recall $z_j = b_j + \sum_i w_{ij} a_j$.

$$\frac{\partial E}{\partial b_j} = g'(z_j) \sum_k w_{jk} (a_k - t_k) g'(z_k)$$
"""
    )
    assert told(note) == ["9 wrong"]


def test_a_letter_with_two_places_is_no_layer() -> None:
    # j is below i in one formula, above it in the other
    note = r"""$z_i = \sum_j w_{ij} x_j$

$$y_j = \sum_i w_{ji} z_i$$

$$\frac{\partial y_j}{\partial z_i} = w_{ji}$$

$$\frac{\partial y_j}{\partial z_i} = w_{ij}$$
"""

    assert told(note) == ["7 wrong"]


def test_a_line_about_a_ring_holds_for_any_values() -> None:
    note = r"""$u = 2 v + w$, $v = u^2 + s$ and $s = 3 u$.

$$\frac{\partial (u^2)}{\partial u} = 2 u$$
"""

    assert judged(note) == ["holds"]


def test_a_function_for_what_it_gives_is_no_variable() -> None:
    note = r"""$h = \sigma(z)$, $s = V h + c$ and $\sigma'(z) = \sigma(z) (1 - \sigma(z))$.

$$\frac{\partial s}{\partial \sigma} = V$$
"""

    assert not wrong(note)


def test_a_chain_that_says_which_function_a_layer_has() -> None:
    note = r"""$z^{(2)} = X W$ and $a^{(2)} = \sigma^{(2)}(z^{(2)}) = \tanh(z^{(2)})$. Its slope
is $\sigma^{(2)\prime}(z^{(2)})$.

$$\frac{\partial a^{(2)}}{\partial z^{(2)}} = 1 - (a^{(2)})^2$$

$$\frac{\partial a^{(2)}}{\partial z^{(2)}} = a^{(2)} (1 - a^{(2)})$$
"""

    assert told(note) == ["6 wrong"]


def test_a_name_with_its_layer_and_without_is_not_judged() -> None:
    note = r"""$z^{(3)} = W x + b$ and $p = \mathrm{softmax}(z^{(3)})$.

$$\frac{\partial}{\partial z^{(3)}} \frac{e^{z^{(3)}}}{\sum_k e^{z_k}} = p (1 - p)$$
"""

    assert not wrong(note)


RING = r"""
# One
$$q = \tanh(s)$$
$$s = v p + c$$
# Two
$$p = u q$$
$$L = (q - t)^2$$
$$\frac{\partial L}{\partial s} = 2 (q - t) (1 - q^2)$$
$$\frac{\partial L}{\partial q} = 2 (q - t)$$
$$(q + s)^2 = q^2 + 2 q s + s^2$$
"""


def test_a_line_about_three_quantities_that_need_one_another() -> None:
    assert not told(RING)
    assert told(RING.replace("= 2 (q - t)$$", "= 2 (q + t)$$")) == ["9 wrong"]
    # what is no derivative may be another fact about the ring
    assert told(RING.replace("+ 2 q s", "+ 3 q s")) == ["10 undecided"]


ERRORS = r"""
$$h_j = \tanh(\sum_i w_{ij} x_i), \quad y_k = \sum_j v_{jk} h_j$$
$$E = \frac{1}{2} \sum_k (y_k - t_k)^2$$
$$\delta_k = y_k - t_k, \quad \delta_j = (1 - h_j^2) \sum_k v_{jk} \delta_k$$
$$\frac{\partial E}{\partial v_{jk}} = \delta_k h_j$$
$$\frac{\partial E}{\partial w_{ij}} = \delta_j x_i$$
"""


@pytest.mark.parametrize(
    ("right", "slip", "line"),
    [
        (r"\delta_k h_j", r"\delta_j h_j", 5),
        (r"\delta_j x_i", r"\delta_j x_j", 6),
        ("(1 - h", "(1 + h", 4),
    ],
)
def test_errors_of_two_layers_with_names_of_their_own(right: str, slip: str, line: int) -> None:
    assert told_with_slip(ERRORS, right, slip) == [f"{line} wrong"]
