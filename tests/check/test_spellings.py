r"""Habits of writing: formulas between spaced dollar signs, accents of Unicode, steps of time in
brackets, classes, shapes, and sums that leave out what they run over."""

from __future__ import annotations

import pytest

from .verdicts import report, told, undecided, wrong

NETWORK = r"""
$
Z = W X + b
$
$ A = \sigma(Z) $ and $ Y \in \mathbb{R}^{10 \times m} $
$
L^{(i)} = -\sum_{j=1}^{10} [ Y_j^{(i)} \log A_j^{(i)} + (1 - Y_j^{(i)}) \log(1 - A_j^{(i)}) ]
$
$
J = \frac{1}{m} \sum_{i=1}^{m} L^{(i)}
$
$
\frac{\partial L^{(i)}}{\partial Z^{(i)}} = A^{(i)} - Y^{(i)}
$
$
dZ = A - Y
$
$
dW = \frac{1}{m} dZ X^T
$
$ db = \frac{1}{m} \sum dZ $
"""


def test_dollar_signs_on_lines_of_their_own_hold_a_display() -> None:
    note = report(NETWORK)
    assert not note.findings
    assert note.equations == 6


@pytest.mark.parametrize(
    ("right", "slip", "line"),
    [
        (r"dZ = A - Y", r"dZ = Y - A", 16),
        (r"= A^{(i)} - Y^{(i)}", r"= A^{(i)} + Y^{(i)}", 13),
        (r"db = \frac{1}{m} \sum dZ", r"db = -\frac{1}{m} \sum dZ", 21),
    ],
)
def test_a_sum_over_ten_classes_is_one_over_all(right: str, slip: str, line: int) -> None:
    assert wrong(NETWORK.replace(right, slip)) == [line]


def test_a_sum_with_a_letter_that_nothing_has_adds_up_samples() -> None:
    note = NETWORK.replace(r"\sum dZ", r"\sum_{i=1}^m dZ")
    assert not told(note)
    assert wrong(note.replace(r"db = \frac{1}{m}", "db = -")) == [21]


BATCH = r"""
$$\mu_B = \frac{1}{m} \sum_{i=1}^m x_i$$
$$\sigma_B^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2$$
$$\hat{x}_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}$$
$$\frac{\partial \hat{x}_i}{\partial \sigma_B^2} = -\frac{1}{2} (x_i - \mu_B) (\sigma_B^2 + \epsilon)^{-3/2}$$
$$\frac{\partial \sigma_B^2}{\partial x_i} = \frac{2}{m} (x_i - \mu_B)$$
"""


def test_a_variance_may_carry_a_label() -> None:
    assert not told(BATCH)
    assert wrong(BATCH.replace("-3/2", "-1/2")) == [5]
    assert wrong(BATCH.replace(r"\frac{2}{m}", r"-\frac{2}{m}")) == [6]


CLASS = r"""
$$z = W x + b, \qquad p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
$$\mathcal{L} = -\sum_{i=1}^K y_i \log p_i$$
Only $y_c = 1$, so
$$\mathcal{L} = -\log p_c$$
$$\frac{\partial \mathcal{L}}{\partial z_c} = -\frac{1}{p_c} p_c (1 - p_c) = p_c - 1$$
"""


def test_the_class_with_target_one_keeps_its_letter() -> None:
    assert not told(CLASS)
    assert wrong(CLASS.replace("p_c - 1", "1 - p_c")) == [6]


@pytest.mark.parametrize(
    "text", ["(1 \\times m) \\times (m \\times n)", "(1 \\times m)(m \\times n)"]
)
def test_shapes_are_multiplied_as_shapes(text: str) -> None:
    assert not told(f"$${text} = 1 \\times n$$")
    assert not wrong(f"$${text} = n \\times 1$$")
    assert not told(r"$$(2 \times 3) \times (4 \times 1) = 24$$")


DELTA = r"""
# Forward
$$z^l = a^{l-1} W^l + b^l, \qquad a^l = \tanh(z^l)$$
# Meaning
$$\delta^l = \frac{\partial L}{\partial z^l}$$
# Result
$$\delta^{l-1} = (\delta^l (W^l)^T) \odot \tanh'(z^{l-1})$$
"""


def test_a_recursion_of_another_section_is_no_new_meaning() -> None:
    assert not told(DELTA)
    assert wrong(DELTA.replace(r"\tanh'(z^{l-1})", r"\tanh'(z^l)")) == [7]


@pytest.mark.parametrize("word", ["ngược lại", "altrimenti", "en caso contrario"])
def test_prose_below_conditions_is_otherwise(word: str) -> None:
    note = r"""
$$g(x) = \begin{cases} x & x > 0 \\ 0 & \text{WORD} \end{cases}$$
$$g'(x) = \begin{Bmatrix} 1 & (x > 0) \\ 0 & (x \le 0) \end{Bmatrix}$$
""".replace("WORD", word)
    assert not told(note)
    assert wrong(note.replace("0 & (x", "1 & (x")) == [3]


RECURRENT = r"""
$$E = E(U, V, W)$$
$$p(t) = U x(t) + W h(t-1), \qquad h(t) = \tanh(p(t))$$
$$q(t) = V h(t)$$
$$E = \frac{1}{2} \sum_{t=1}^T \|q(t) - d(t)\|^2$$
$$\frac{\partial E}{\partial q(t)} = q(t) - d(t)$$
$$\frac{\partial E}{\partial V} = \sum_{t=1}^T (q(t) - d(t)) h(t)^T$$
$$\frac{\partial h(t)}{\partial p(t)} = 1 - h(t)^2$$
"""


def test_a_step_in_brackets_is_an_index() -> None:
    assert not told(RECURRENT)
    slip = RECURRENT.replace("h(t)^T$$", "h(t-1)^T$$")
    assert wrong(slip) == [7]
    assert wrong(RECURRENT.replace("= q(t) - d(t)$$", "= d(t) - q(t)$$")) == [6]


def test_the_step_of_a_difference_is_no_index() -> None:
    note = r"""
$$f(x) = x^2$$
$$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$
"""
    assert not told(note)


def test_accents_of_unicode_are_marks() -> None:
    note = "$$ŷ = σ(w x̄)$$\n$$L = \\frac{1}{2} (\\hat{y} - y)^2$$\n$$∂L/∂w = (ŷ - y) ŷ (1 - ŷ) \\bar{x}$$"
    assert not told(note)
    assert wrong(note.replace("(1 - ŷ)", "(1 + ŷ)")) == [3]


PIPELINE = r"""
The loss L is the WORDS of the network
$X W_1 + b_1 = Z_1 → sig() → A_1$ and $A_1 W_2 + b_2 = Z_2 \to \sigma \to A_2$.

$$\frac{\partial L}{\partial Z_2} = A_2 - Y$$
$$\frac{\partial L}{\partial W_2} = A_1^T (A_2 - Y)$$
$$\frac{\partial L}{\partial W_1} = X^T ((A_2 - Y) W_2^T \odot A_1 \odot (1 - A_1))$$
"""


@pytest.mark.parametrize("words", ["cross-entropy", "로지스틱 손실", "交叉熵损失"])
def test_a_loss_may_be_spoken_of_and_a_network_drawn_with_arrows(words: str) -> None:
    note = PIPELINE.replace("WORDS", words)
    assert not told(note)
    assert wrong(note.replace("Z_2} = A_2 - Y", "Z_2} = Y - A_2")) == [5]
    assert wrong(note.replace("A_1 \\odot (1 - A_1)", "A_2 \\odot (1 - A_2)")) == [7]


def test_a_loss_that_nobody_speaks_of_stays_open() -> None:
    assert undecided(PIPELINE.replace("WORDS", "aim")) == [5, 6, 7]


def test_one_line_alone_does_not_say_which_loss_is_meant() -> None:
    note = "The loss $L$ is the squared error.\n$$a = \\sigma(z)$$\n"
    assert not told(note + r"$$\frac{\partial L}{\partial z} = (a - y) a (1 - a)$$")
    assert not wrong(note + r"$$\frac{\partial L}{\partial z} = (a - y) a$$")


LAYERS = r"""
$$z^{(1)} = W^{(1)} x, \qquad a^{(1)} = \sigma(z^{(1)}), \qquad z^{(2)} = W^{(2)} a^{(1)}$$
$$\frac{\partial z^{(2)}}{\partial a^{(1)}} = W^{(2)}$$
$$\frac{\partial L}{\partial z^{(1)}} = \frac{\partial L}{\partial z^{(2)}} \frac{\partial z^{(2)}}{\partial a^{(1)}} \frac{\partial a^{(1)}}{\partial z^{(1)}}$$
"""


def test_a_derivative_against_the_forward_pass_is_wrong() -> None:
    assert not told(LAYERS)
    against = LAYERS.replace(r"\partial z^{(2)}}{\partial a", r"\partial z^{(1)}}{\partial a")
    assert wrong(against) == [3, 4]


def test_an_inverse_derivative_is_not() -> None:
    note = (
        LAYERS + r"$$\frac{\partial z^{(1)}}{\partial a^{(1)}} = \frac{1}{a^{(1)} (1 - a^{(1)})}$$"
    )
    assert not wrong(note)


WORDS = r"""
$$가중합_{3} = w_{31} y_1 + w_{32} y_2, \qquad \text{출력}_3 = \sigma(\text{가중합}_3)$$
$$\frac{d출력_3}{d가중합_3} = 출력_3 (1 - 출력_3)$$
$$\frac{d가중합_3}{d w_{31}} = y_1$$
"""


def test_words_with_an_index_are_quantities() -> None:
    assert not told(WORDS)
    assert wrong(WORDS.replace("= y_1$$", "= y_2$$")) == [4]


ERROR = r"""
# Forward
$$h(t) = \tanh(U x(t) + W h(t-1)), \qquad q(t) = V h(t), \qquad E = \frac{1}{2} \sum_t (q(t) - d(t))^2$$
$$e(t) = \frac{\partial E}{\partial q(t)}$$
# Backward
$$e(t) = q(t) - d(t)$$
"""


def test_a_derivative_worked_out_in_another_section_is_a_claim() -> None:
    assert not told(ERROR)
    assert wrong(ERROR.replace("= q(t) - d(t)$$", "= d(t) - q(t)$$")) == [6]
