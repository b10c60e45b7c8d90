"""What a model tells beside its equations: roles, remarks, spelling, places."""

from pathlib import Path

import numpy as np
import pytest

from backproof.errors import ModelError, RefusedError, ShapeError
from backproof.expr.values import evaluate
from backproof.notation import parse, read

from .lowering import check_form, point, shapes_of, sigmoid


def roles(text: str) -> dict[str, str]:
    return {e.attr.plain: role for e, role in parse(text).roles.items()}


def test_the_slides_are_read_as_they_are(notes: Path) -> None:
    model = read(notes / "backprop-slides-ko.md")
    check_form(model)
    assert [p.attr.plain for p in model.parameters] == ["W1", "b1", "W2", "b2"]
    assert [p.attr.plain for p in model.inputs] == ["X"]
    assert [p.attr.plain for p in model.targets] == ["y"]
    assert [e.name.plain for e in model.equations] == ["z1", "a1", "z2", "a2", "h", "L"]
    found = shapes_of(model)
    assert found["W1"] == "n1 × n0"
    assert found["W2"] == "1 × n1"
    assert found["y"] == "1 × m"
    assert (model.samples, model.columns, model.language) == ("m", True, "ko")
    assert {r.key for r in model.remarks} == {"sum_from_zero", "redefined"}
    values, _ = point(model, {}, 1)
    a1 = sigmoid(values["W1"] @ values["X"] + values["b1"])
    a2 = sigmoid(values["W2"] @ a1 + values["b2"])
    y = values["y"]
    wanted = -(y * np.log(a2) + (1 - y) * np.log(1 - a2)).mean()
    assert np.isclose(evaluate(model.loss, values), wanted)


def test_a_sum_from_zero_is_remarked_on() -> None:
    model = parse(r"$$L = \frac1m \sum_{i=0}^m (y^{(i)} - w^T x^{(i)})^2$$")
    (remark,) = model.remarks
    assert remark.key == "sum_from_zero"
    assert remark.fields == {"letter": "i", "upper": "m"}
    assert remark.span is not None
    assert remark.span.line == 1


def test_a_second_definition_is_remarked_on_once() -> None:
    model = parse("$$z = W x$$\n\n$$L = \\|z\\|^2$$\n\n$$L = z^T z$$\n\n$$L = z^T W x$$")
    (remark,) = model.remarks
    assert remark.key == "redefined"
    assert remark.fields == {"name": "L", "line": "5"}


def test_the_same_definition_again_is_no_remark() -> None:
    assert parse(r"$$z = W x$$ $$L = \|z\|^2$$ $$z = W x$$").remarks == ()


@pytest.mark.parametrize(
    "text",
    [
        r"The targets are one-hot. $$p = \text{softmax}(Wx)$$ $$L = -\sum_k y_k \log p_k$$",
        r"정답은 원-핫 벡터이다. $$p = \text{softmax}(Wx)$$ $$L = -\sum_k y_k \log p_k$$",
        r"$$p = \text{softmax}(Wx)$$ $$L = -\sum_k y_k \log p_k$$ with $\sum_k y_k = 1$",
    ],
)
def test_targets_that_add_up_to_one(text: str) -> None:
    model = parse(text)
    assert [e.attr.plain for e in model.sums_to_one] == ["y"]


def test_targets_of_which_nothing_is_said() -> None:
    assert parse(r"$$p = \text{softmax}(Wx)$$ $$L = -\sum_k y_k \log p_k$$").sums_to_one == ()


@pytest.mark.parametrize(
    ("text", "layer", "transpose", "hadamard"),
    [
        (r"$$z^{[1]} = W^{[1]} x$$ $$L = z^{[1]\top} z^{[1]}$$", "[", None, r"\odot"),
        (r"$$z_1 = W_1 x$$ $$L = z_1^T (z_1 \circ y)$$", "_", "^T", r"\circ"),
        (r"$$z^1 = W^1 x$$ $$L = (z^1)^\top (z^1 \odot y)$$", "^", r"^\top", r"\odot"),
        (r"$$\newcommand{\T}{^{\mathsf T}}$$ $$L = w\T w$$", "(", r"^{\mathsf T}", r"\odot"),
        ("z1 = W1 @ x\nL = z1.T @ (z1 * y)", "(", ".T", "*"),
    ],
)
def test_the_authors_spelling_is_kept(
    text: str, layer: str, transpose: str | None, hadamard: str
) -> None:
    spelling = parse(text).spelling
    assert spelling.layer == layer
    assert spelling.hadamard == hadamard
    if transpose is not None:
        assert spelling.transpose == transpose
    assert spelling.ascii == ("@" in text)


def test_functions_are_spelled_as_the_note_does() -> None:
    model = parse(r"$$a = \text{sigmoid}(W x)$$ $$L = -y \ln a - (1 - y) \ln (1 - a)$$")
    assert model.spelling.functions["sigmoid"] == r"\text{sigmoid}"
    assert model.spelling.functions["log"] == r"\ln"


def test_an_equation_keeps_its_text_and_place() -> None:
    model = parse("Some words.\n\n$$z = W\n x + b$$\n\n$$L = \\frac{1}{2} z^2$$")
    z, loss = model.equations
    assert z.written == "z = W x + b"
    assert loss.written == r"L = \frac{1}{2} z^2"
    assert z.span is not None
    assert (z.span.line, z.span.column) == (3, 3)


def test_rows_of_an_alignment_lose_their_marks() -> None:
    model = parse("\\begin{align}\nz &= W x \\\\\nL &= \\|z\\|^2\n\\end{align}")
    assert [e.written for e in model.equations] == ["z = W x", "L = \\|z\\|^2"]


def test_what_the_loss_does_not_need_is_left_out() -> None:
    assert "r" not in roles(r"$$z = W x$$ $$r = U x$$ $$L = \|z\|^2$$")


def test_names_keep_their_spelling_and_are_one() -> None:
    model = parse(r"$$\mathbf{z}_1 = W_1 x$$ $$L = \|z^{(1)}\|^2$$")
    assert [e.name.plain for e in model.equations] == ["z1", "L"]
    assert model["z1"].attr.written == r"\mathbf{z}_1"


def test_a_column_of_a_capital() -> None:
    text = r"$$A^{[1]} = \tanh(W X)$$ $$J = \frac1m \sum_{i=1}^m \|a^{[1](i)} - y^{(i)}\|^2$$"
    assert list(roles(text)) == ["W", "X", "A1", "y", "J"]


def test_roles_by_letter() -> None:
    found = roles(
        r"$$h = \tanh(W x + U h_0 + b)$$"
        r"$$L = \|h - y\|^2 + \lambda \|W\|^2 + \beta \|U\|^2 + \epsilon$$"
    )
    assert found == {
        "W": "parameter", "x": "input", "U": "parameter", "h0": "input", "b": "parameter",
        "h": "hidden", "y": "target", "lambda": "constant", "beta": "parameter",
        "epsilon": "constant", "L": "loss",
    }  # fmt: skip


def test_the_layer_below_the_first_is_an_input() -> None:
    found = roles(r"$$a_2 = \tanh(W_2 a_1)$$ $$a_3 = W_3 a_2$$ $$L = \|a_3\|^2$$")
    assert found["a1"] == "input"


def test_a_layer_that_is_never_defined() -> None:
    with pytest.raises(ModelError, match="a3 is used and never defined"):
        parse(r"$$a_1 = \tanh(W_1 x)$$ $$a_2 = \tanh(W_2 a_1)$$ $$L = \|a_3 - y\|^2$$")


def test_classes_of_a_softmax_are_never_one() -> None:
    with pytest.raises(ShapeError, match="the loss L is not a number but n1 × 1"):
        parse(r"$$p = \text{softmax}(W x)$$ $$L = -y \odot \log p$$")


def test_a_sum_over_the_steps_of_a_recurrence_is_refused() -> None:
    with pytest.raises(RefusedError, match="steps of a recurrence"):
        parse(
            r"$$h_t = \tanh(W h_{t-1} + U x_t)$$ $$o_t = V h_t$$"
            r"$$L = \sum_{t=1}^T \|y_t - o_t\|^2$$"
        )


def test_a_whole_family_without_its_index() -> None:
    model = parse(r"$$\hat y_i = w^T x_i + b$$ $$L = \frac{1}{2n} \|y - \hat y\|^2$$")
    assert shapes_of(model)["y"].startswith("1 × ")


def test_a_size_that_nothing_has_is_a_constant() -> None:
    assert roles(r"$$L = \frac{1}{N} \|W x - y\|^2$$")["N"] == "constant"


def test_models_are_small_and_pickle() -> None:
    import pickle

    model = parse("z = W @ x + b; L = sum((y - z)**2)")
    again = pickle.loads(pickle.dumps(model))
    assert again.loss is model.loss


def test_equations_keep_the_order_of_the_note() -> None:
    model = parse(
        r"$$f = \sigma(A x)$$ $$g = \tanh(B x)$$ $$o = \sigma(C x)$$"
        r"$$h = o \odot (f + g)$$ $$L = \|h\|^2$$"
    )
    assert [e.name.plain for e in model.equations] == ["f", "g", "o", "h", "L"]


def test_a_loss_that_comes_first_is_worked_out_last() -> None:
    model = parse(r"$$L = \|h\|^2$$ $$h = A z$$ $$z = \tanh(B x)$$")
    assert [e.name.plain for e in model.equations] == ["z", "h", "L"]


def test_the_sigma_of_a_variance_is_no_function() -> None:
    model = parse(r"$$\sigma^2 = \|x\|^2$$ $$L = \frac{w^T x}{\sigma}$$")
    assert "sigmoid" not in model.spelling.functions
