r"""What a letter means, where a note says it twice, says it elsewhere, or never says it."""

from __future__ import annotations

import pytest

from backproof.check import claimed
from backproof.check.sections import headings, section

from .verdicts import judged, told_why, wrong


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# One\n\n$x$\n\n## Two\n", [1, 5]),
        ("\\section{One}\ntext\n\\subsection*{Two}\n", [1, 3]),
        ("One\n===\n\ntext\n", [1]),
        ('"# One\\n",\n"text\\n",\n"## Two"', [1, 3]),
        ("<h2>One</h2>\n<p>text</p>", [1]),
    ],
)
def test_headings_start_sections(text: str, lines: list[int]) -> None:
    assert headings(text) == lines
    assert section(1, lines) == 1


def test_functions_of_one_letter_may_follow_each_other() -> None:
    note = r"""
$$g(x) = x^3, \quad \frac{dg}{dx} = 3 x^2$$
$$g(x) = \sin x, \quad \frac{dg}{dx} = \cos x$$
$$g_a(x) = a x, \quad \frac{dg}{dx} = a$$
$$g_c(x) = c + x, \quad \frac{dg}{dx} = 1$$
"""
    assert not told_why(note)
    assert wrong(note.replace(r"\cos x", r"-\cos x")) == [3]


def test_a_letter_of_another_section_is_not_held_against_a_line() -> None:
    note = r"""
# Costs
$$C = u^2$$
# Heat
$$C = \frac{q}{t}$$
# Back to it
$$\frac{\partial C}{\partial u} = 2 u$$
"""
    assert not wrong(note)


def test_the_latest_meaning_counts_in_its_own_section() -> None:
    note = r"""
$$h = \sigma(z)$$
# Anew
$$h = z^2$$
$$\frac{\partial h}{\partial z} = 2 z$$
$$\frac{\partial h}{\partial z} = h (1 - h)$$
"""
    assert wrong(note) == [6]


def test_a_definition_through_intermediate_quantities_is_the_one_to_differentiate() -> None:
    note = r"""
$$p = (s + t) r$$
$$q = s + t$$
$$p = q r$$
$$\frac{\partial p}{\partial q} = r$$
"""
    assert not told_why(note)
    assert wrong(note.replace("q} = r", "q} = q")) == [5]


def test_a_function_may_take_its_argument_in_square_brackets() -> None:
    note = r"""
$$u(x) = x^2, \quad v(x) = 3 x + 1$$
$$(u[v(x)])' = 2 [v(x)] \, v'(x) = 6 (3 x + 1)$$
"""
    assert not told_why(note)


def test_a_letter_may_name_the_class_of_a_one_hot_target() -> None:
    note = r"""
$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$
$$L = -\sum_i y_i \log p_i = -\log p_c$$
"""
    assert not told_why(note)
    assert wrong(note.replace(r"= -\log p_c", r"= \log p_c")) == [3]


def test_capitals_are_the_samples_side_by_side() -> None:
    note = r"""
$$Z = W X + b$$
$$A = \sigma(Z)$$
$$J = -\frac{1}{m} \sum_{i=1}^m \left( y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log (1 - a^{(i)}) \right)$$
$$dZ = A - Y$$
$$dW = \frac{1}{m} dZ X^T$$
$$db = \frac{1}{m} np.sum(dZ, axis=1, keepdims=True)$$
"""
    assert not wrong(note)
    assert told_why(note.replace("dW = \\frac{1}{m} dZ", "dW = dZ")) == ["6 loose loose mean"]
    assert wrong(note.replace("dZ = A - Y", "dZ = Y - A")) == [5]


def test_a_chain_through_quantities_without_a_formula_is_judged() -> None:
    note = r"""
$$E = \frac{1}{2} (u - t)^2$$
$$\frac{\partial E}{\partial w} = (u - t) \frac{\partial u}{\partial v} \frac{\partial v}{\partial w}$$
$$\frac{\partial E}{\partial w} = (t - u) \frac{\partial u}{\partial w}$$
"""
    assert wrong(note) == [4]


def test_what_a_function_without_a_formula_does_is_not_guessed() -> None:
    note = r"""
$$E = \frac{1}{2} (u - t)^2$$
$$\frac{\partial E}{\partial v} = (u - t) \frac{\partial u}{\partial v}$$
$$\frac{\partial u}{\partial v} = 2 u$$
"""
    assert not wrong(note)


def test_a_neuron_may_be_only_spoken_of() -> None:
    note = r"""
# Cross-entropy
$$C = -\frac{1}{n} \sum_x \left[ y \ln a + (1 - y) \ln (1 - a) \right]$$
$$\frac{\partial C}{\partial w_j} = \frac{1}{n} \sum_x x_j (\sigma(z) - y)$$
$$\frac{\partial C}{\partial b} = \frac{1}{n} \sum_x (\sigma(z) - y)$$
"""
    assert not wrong(note)
    assert wrong(note.replace(r"x_j (\sigma(z) - y)", r"(x_j \sigma(z) - y)")) == [4]


def test_a_neuron_may_be_spoken_of_where_data_have_capitals() -> None:
    note = r"""
# Lines
The loss is $J = \frac{1}{m} \sum_{i=1}^m (h(X^{(i)}) - y^{(i)})^2$ for samples $x^{(i)}$, and
$\bar x = \frac{1}{n} \sum_{j=1}^n x_j$.
# Cross-entropy
$$J = -\frac{1}{n} \sum_x \left[ y \ln a + (1 - y) \ln (1 - a) \right]$$
$$\frac{\partial J}{\partial w_j} = \frac{1}{n} \sum_x x_j (\sigma(z) - y)$$
$$\frac{\partial J}{\partial w_j} = \frac{1}{n} \sum_x (x_j \sigma(z) - y)$$
"""
    assert told_why(note) == ["8 wrong bracket"]


def test_layers_and_deltas_written_again_are_the_ones_that_the_note_began_with() -> None:
    note = r"""
A layer is $a^l = f(W^l a^{l-1} + b^l)$ with any $f$, such as $f(z) = z$.
Its input is $z^l = W^l a^{l-1} + b^l$, so $a^l = f(z^l)$. The cost is $E = \frac12 \|t - a^L\|^2$.
$$\delta^l = \frac{\partial E}{\partial z^l}$$
$$\delta^l = (W^{l+1})^T \delta^{l+1} \odot f'(z^l)$$
$$\frac{\partial E}{\partial b^l} = \delta^l$$
$$\frac{\partial E}{\partial W^l} = \delta^l (a^{l-1})^T$$
At the output $a^L = f(z^L)$.
$$\delta^L = (a^L - t) \odot f'(z^L)$$
"""
    assert not told_why(note)
    assert wrong(note.replace("W^l} = ", "W^l} = -")) == [7]
    assert wrong(note.replace("(a^L - t)", "(t - a^L)")) == [9]


def test_a_quantity_of_each_layer_that_is_written_without_one_is_the_last() -> None:
    note = r"""
Layer $l$ is $a^l = \sigma(z^l)$ with $z^l = W^l a^{l-1} + b^l$, up to layer $L$. The cost of a sample is
$C = \frac12 \|a - y\|^2$, and $\delta^l = \partial C / \partial z^l$.
$$\nabla_a C = a^L - y$$
$$\delta^L = \nabla_a C \odot \sigma'(z^L)$$
$$\delta^L_j = \sum_k \frac{\partial C}{\partial a^L_k} \frac{\partial a^L_k}{\partial z^L_j}$$
$$\frac{\partial C}{\partial b^l_j} = \delta^l_j$$
"""
    assert not told_why(note)
    assert wrong(note.replace("= a^L - y", "= y - a^L")) == [4]


def test_losses_of_what_a_function_puts_out_may_follow_each_other() -> None:
    note = r"""
There are many: $L(y) = \max(0, 1 - t y)$, or
$$L(Y, f(x)) = |Y - f(x)|$$
$$L(Y, f(x)) = \exp(-Y f(x))$$
$$L(Y, f(x)) = \max(0, 1 - Y f(x))$$
"""
    assert not told_why(note)


def test_a_derivative_with_its_operand_below_the_line() -> None:
    note = r"$$\frac{\partial}{\partial w L(a)} = 0$$"
    assert told_why(note) == ["1 wrong misplaced operand"]


def test_a_bias_that_all_lines_leave_out_is_no_mistake_of_one() -> None:
    note = r"""
$$\hat{y}_i = w x_i + b$$
$$J = \frac{1}{N} \sum_{i=1}^N (y_i - \hat{y}_i)^2$$
$$\frac{\partial J}{\partial w} = -\frac{2}{N} \sum_{i=1}^N (y_i - w x_i) x_i$$
$$J = \frac{1}{N} \sum_{i=1}^N (y_i - \hat{y}_i)^2 = \frac{1}{N} \sum_{i=1}^N (y_i - w x_i)^2$$
"""
    assert not wrong(note)
    assert "4 loose loose bias" in told_why(note)


def test_a_loss_that_misses_its_half_is_told_where_it_stands() -> None:
    note = r"""
$$a = \sigma(z)$$
$$z = W x$$
$$E = \|a - t\|^2$$
$$\delta = (a - t) \odot \sigma'(z)$$
$$\frac{\partial E}{\partial W} = \delta x^T$$
"""
    assert told_why(note) == ["4 loose loose factor"]


def test_a_result_takes_along_that_the_line_before_it_is_loose() -> None:
    note = r"""
$$z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}$$
$$a^{(2)} = \sigma(z^{(2)})$$
$$L = \frac{1}{m} \sum_{i=1}^m \frac{1}{2} (a^{(2)(i)} - y^{(i)})^2$$
$$\frac{\partial L}{\partial W^{(2)}} = (a^{(2)} - y) \sigma'(z^{(2)}) a^{(1)}$$
$$= \sigma'(z^{(2)}) (a^{(2)} - y) a^{(1)}$$
"""
    assert [v.split()[0] for v in told_why(note) if "loose" in v] == ["5", "6"]


@pytest.mark.parametrize(
    ("line", "verdicts"),
    [
        (r"a = \sigma(z) = \tanh(z)", ["holds"]),  # it says which function that is
        (r"a = g(z) = \tanh(z)", ["holds", "holds"]),
        (r"a = \sigma(z) = g(z)", ["holds", "holds"]),
        (r"\tanh(z) = \sigma(z)", ["wrong"]),
        (r"\tanh(z)_i = z_i", ["wrong"]),
    ],
)
def test_which_function_it_is_is_said_of_what_has_one(line: str, verdicts: list[str]) -> None:
    assert judged(f"$$z = r + 1$$\n$${line}$$")[1:] == verdicts


def test_a_line_is_not_wrong_by_the_latest_meaning_where_nobody_has_tried_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = r"""
## One
$$a = w x$$
$$L = (a - y)^2$$

## Two
$$a = w^2 x$$

## Three
$$\frac{dL}{dw} = 4 (a - y) w x$$
$$\frac{dL}{dw} = 4 (a - y) w$$
"""
    assert told_why(note) == ["11 wrong lost factor"]
    monkeypatch.setattr(claimed, "_TRIES", 0)
    assert told_why(note + "\n") == ["11 undecided two meanings"]


def test_each_section_of_a_book_has_its_own_loss() -> None:
    letters = ["J", "L", "E", "C", r"\mathcal{L}", r"\ell"]
    part = r"""
## Part %d
$$z = w x + b$$
$$%s = \frac{1}{2} (z - y)^2$$
$$dw = (z - y) x$$
"""
    book = "".join(part % (at, letter) for at, letter in enumerate(letters))
    assert not told_why(book)
    assert told_why(book + "$$db = (z - y) x$$\n") == ["31 wrong wrong variable"]


def test_an_error_of_another_network_that_does_not_come_out_is_not_called_right() -> None:
    note = r"""
## In general
$$a = w x, \qquad E = (a - y)^2$$
$$\delta = \frac{\partial E}{\partial a}$$
$$\delta = 2 (a - y)$$

## With a sigmoid
$$a = v x, \qquad E = (\sigma(a) - y)^2$$
$$\delta = 2 (\sigma(a) - y) \sigma(a) (1 - \sigma(a))$$
"""
    assert not told_why(note)
    slip = note.replace(r"\sigma(a) (1 - \sigma(a))", r"(1 - \sigma(a))")
    assert told_why(slip) == ["9 undecided two meanings"]
