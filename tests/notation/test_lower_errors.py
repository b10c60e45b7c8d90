"""What can't be a model says where it fails, what is wrong and what to try."""

from dataclasses import dataclass
from typing import Any

import pytest

from backproof.errors import BackproofError, ModelError, NoteError, RefusedError, ShapeError
from backproof.notation import parse


@dataclass(frozen=True)
class Fault:
    """A text, the class of its error, the place, and pieces of the message and of the hint."""

    id: str
    text: str
    kind: type[BackproofError]
    place: tuple[int, int] | None
    what: str
    hint: str


FAULTS = [
    Fault(
        "a function that is nowhere defined",
        "$$a = f(W x)$$\n$$L = \\|a - y\\|^2$$",
        ModelError,
        (1, 7),
        "the function f is not defined",
        "define f",
    ),
    Fault(
        "a function that is misspelt",
        "a = sigmod(W @ x)\nL = sum((a - y)**2)",
        ModelError,
        (1, 5),
        "the function sigmod is not defined",
        "did you mean sigmoid?",
    ),
    Fault(
        "plain text: used before it is defined",
        "L = sum((a - y)**2)\na = tanh(W @ x)",
        ModelError,
        (1, 10),
        "a is used before it is defined on line 2",
        "move the definition of a",
    ),
    Fault(
        "a circle",
        "$$a = W b$$\n\n$$b = \\tanh(a)$$\n\n$$L = \\|a - y\\|^2$$",
        ModelError,
        (1, 3),
        "a -> b -> a",
        "without the others",
    ),
    Fault(
        "a circle through the loss",
        "$$L = \\|a\\|^2$$ $$a = L W$$",
        ModelError,
        (1, 3),
        "L -> a -> L",
        "without the others",
    ),
    Fault(
        "two losses",
        "$$\\hat y = W x$$\n\n$$L = \\|\\hat y - y\\|^2$$\n\n$$J = \\sum_k |\\hat y_k - y_k|$$",
        ModelError,
        (5, 3),
        "two losses, L on line 3 and J on line 5",
        "L + J",
    ),
    Fault(
        "no loss",
        "$$z = W x + b$$\n$$a = \\sigma(z)$$",
        ModelError,
        (2, 3),
        "no loss was found: the last quantity is a",
        "such as L or J",
    ),
    Fault(
        "inner dimensions, LaTeX",
        "$$W \\in \\mathbb{R}^{h \\times n}, \\quad X \\in \\mathbb{R}^{m \\times n}$$\n\n"
        "$$Z = W X$$\n\n$$L = \\|Z\\|_F^2$$",
        ShapeError,
        (3, 7),
        "W is h × n, X is m × n: the inner dimensions n and m differ",
        "did you mean W Xᵀ?",
    ),
    Fault(
        "inner dimensions, plain text",
        "z = W @ X\nL = mean((z - X @ W)**2)",
        ShapeError,
        (2, 15),
        "X is n0 × m, W is n1 × n0: the inner dimensions m and n1 differ",
        "did you mean",
    ),
    Fault(
        "a matrix on the wrong side, LaTeX without declarations",
        "$$Z = W X$$\n\n$$L = \\|Z W\\|_F^2$$",
        ShapeError,
        (3, 9),
        "Z is n1 × m, W is n1 × n0: the inner dimensions m and n1 differ",
        "did you mean Zᵀ W?",
    ),
    Fault(
        "weights on the wrong side",
        "z1 = X @ W1 + b1\na1 = tanh(z1)\nz2 = W2 @ a1 + b2\nL = mean((z2 - Y)**2)",
        ShapeError,
        (3, 6),
        "a1 is m × n1",
        "did you mean a1 @ W2?",
    ),
    Fault(
        "a loss that is not a number",
        "$$A = \\sigma(W X + b)$$\n$$L = (A - Y)^2$$",
        ShapeError,
        (2, 3),
        "the loss L is not a number but n1 × m",
        "sum or average it",
    ),
    Fault(
        "a loss of every sample",
        "$$\\hat y^{(i)} = w^T x^{(i)}$$\n$$L = (\\hat y^{(i)} - y^{(i)})^2$$",
        ShapeError,
        (2, 3),
        "the loss L is not a number but 1 × m",
        "sum or average it",
    ),
    Fault(
        "declared twice",
        "$$W \\in \\mathbb{R}^{h \\times n}$$\n$$W \\in \\mathbb{R}^{n \\times h}$$\n$$L = \\|W "
        "x\\|^2$$",
        ShapeError,
        (2, 3),
        "W is declared twice, as h × n and as n × h",
        "keep one",
    ),
    Fault(
        "declared otherwise than its formula",
        "$$W \\in \\mathbb{R}^{h \\times n}, x \\in \\mathbb{R}^{n}, z \\in \\mathbb{R}^{n}$$\n"
        "$$z = W x$$\n$$L = \\|z\\|^2$$",
        ShapeError,
        (2, 3),
        "z is declared as n × 1, but its formula is h × 1",
        "change the declaration",
    ),
    Fault("nothing", "  \n ", ModelError, None, "no equation was found", "write the model"),
    Fault(
        "only prose",
        "This note says nothing.",
        ModelError,
        None,
        "no equation was found",
        "write the model",
    ),
    Fault(
        "an open brace",
        "$$z = \\frac{1}{2 x$$ $$L = z^2$$",
        NoteError,
        (1, 15),
        "never closed",
        "close it",
    ),
    Fault(
        "a determinant",
        "$$L = \\log \\det (A A^T)$$",
        RefusedError,
        (1, 12),
        "the determinant is not supported",
        "leave it out",
    ),
    Fault(
        "an inverse",
        "$$L = y^T A^{-1} y$$",
        RefusedError,
        (1, 11),
        "the inverse of a matrix is not supported",
        "write the equation",
    ),
    Fault("an integral", "$$L = \\int_0^1 f(x) dx$$", NoteError, (1, 7), "integrals", "without it"),
    Fault(
        "a convolution",
        "$$z = \\text{conv}(W, x)$$ $$L = \\|z\\|^2$$",
        RefusedError,
        (1, 7),
        "convolution is not supported",
        "leave it out",
    ),
    Fault(
        "argmax in a loss",
        "$$k = \\arg\\max_j z_j$$ $$L = (k - y)^2$$ $$z = W x$$",
        RefusedError,
        (1, 7),
        "argmax is not supported",
        "",
    ),
    Fault(
        "an expectation",
        "$$L = \\mathbb{E}[(y - Wx)^2]$$",
        RefusedError,
        (1, 7),
        "an expectation is not supported",
        "mean over samples",
    ),
    Fault(
        "an indicator",
        "$$L = -\\sum_k \\mathbb{1}[y = k] \\log p_k$$ $$p = \\text{softmax}(Wx)$$",
        RefusedError,
        (1, 15),
        "an indicator is not supported",
        "one-hot",
    ),
    Fault(
        "the entry of the right class",
        "$$L = -\\log \\frac{e^{z_y}}{\\sum_j e^{z_j}}$$ $$z = W x$$",
        RefusedError,
        (1, 22),
        "z_y picks one entry by the value of y",
        "one-hot",
    ),
    Fault(
        "an index that nothing runs over",
        "$$p = \\text{softmax}(W x)$$ $$L = -\\sum_j y_j \\log p_k$$",
        ModelError,
        None,
        "the index k of p_k runs over nothing",
        "sum over k",
    ),
    Fault(
        "a derivative of a function",
        "$$L = \\sigma'(w^T x)^2$$",
        RefusedError,
        (1, 7),
        "the derivative of sigma",
        "write out",
    ),
    Fault(
        "a derivative in the loss",
        "$$z = w^T x$$ $$L = \\left(\\frac{\\partial z}{\\partial x}\\right)^2$$",
        RefusedError,
        None,
        "a derivative inside a definition",
        "without derivatives",
    ),
    Fault(
        "symbolic depth",
        "$$z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}$$ $$a^{(l)} = \\sigma(z^{(l)})$$\n"
        "$$L = \\|a^{(L)} - y\\|^2$$",
        RefusedError,
        (2, 9),
        "symbolic depth",
        "write the layers out",
    ),
    Fault(
        "a product over an index",
        "$$p = \\sigma(W X)$$ $$L = -\\log \\prod_{i=1}^m p^{(i)}$$",
        RefusedError,
        None,
        "a product over an index",
        "a sum of logarithms",
    ),
    Fault(
        "a sum that leaves one out",
        "$$s = W x$$ $$L = \\sum_{j \\neq k} \\max(0, s_j - s_k + 1)$$",
        RefusedError,
        None,
        "leaves one index out",
        "subtract",
    ),
    Fault(
        "too many arguments",
        "a = softmax(W @ x, x)\nL = sum(a)",
        ModelError,
        (1, 5),
        "softmax takes 1 argument, not 2",
        "commas",
    ),
    Fault(
        "too few arguments of one's own function",
        "$$f(z, c) = \\tanh(c z)$$ $$L = \\|f(W x, c, y) - y\\|^2$$",
        ModelError,
        None,
        "f takes 2 arguments, not 3",
        "commas",
    ),
    Fault(
        "an unknown command in an equation that the loss needs",
        "$$z = \\foo{W} x$$\n\n$$L = z^2$$",
        NoteError,
        (1, 7),
        "`\\foo` is not known",
        "\\newcommand",
    ),
    Fault(
        "dots that no sum can stand for",
        "$$z = f_1(f_2(\\dots(x)))$$\n\n$$L = z^2$$",
        RefusedError,
        None,
        "dots that stand for terms",
        "write the terms out",
    ),
    Fault(
        "a norm that is none of the usual",
        "$$L = \\|W x\\|_\\infty$$",
        RefusedError,
        (1, 7),
        "the norm with subscript infty",
        "1, 2 and F",
    ),
    Fault(
        "sums that do not fit together",
        "$$A \\in \\mathbb{R}^{p \\times q}, B \\in \\mathbb{R}^{q \\times p}$$\n$$L = \\|A + "
        "B\\|^2$$",
        ShapeError,
        (2, 9),
        "p × q and q × p can't be added",
        "transpose",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.id)
def test_the_error_says_where_what_and_what_to_try(fault: Fault) -> None:
    with pytest.raises(fault.kind) as caught:
        parse(fault.text, file="note.md")
    error: Any = caught.value
    assert error.file == "note.md"
    assert fault.what in error.what
    assert fault.hint in error.hint
    if fault.place is not None:
        assert error.span is not None
        assert (error.span.line, error.span.column) == fault.place
        assert f"note.md:{fault.place[0]}:{fault.place[1]}" in str(error)
        assert "^" in str(error)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("z = Wx + b\nL = sum((z - y)**2)", "W @ x"),
        ("h = tanh(Wx + Uh0 + b); L = sum((h - y)**2)", "@"),
    ],
)
def test_a_product_that_lost_its_space_is_not_taken_for_a_name(text: str, hint: str) -> None:
    with pytest.raises(ModelError) as error:
        parse(text)
    assert "is one name in a plain text" in error.value.what
    assert hint in error.value.hint
    assert error.value.span is not None


def test_the_matrix_that_belongs_to_x_may_be_called_so() -> None:
    model = parse("h = tanh(Wx @ x + Wh @ h0 + b); L = sum((h - y)**2)")
    assert {p.attr.plain for p in model.parameters} == {"Wx", "Wh", "b"}


@pytest.mark.parametrize(
    "text",
    [
        "z = X @ W + b[None, :]\nL = sum((z - Y)**2)",
        "z = W @ x + b\na = z if z > 0 else 0\nL = sum((a - y)**2)",
    ],
)
def test_words_of_a_programming_language_are_refused_by_name(text: str) -> None:
    with pytest.raises(BackproofError) as error:
        parse(text)
    assert any(word in error.value.what for word in ("None", "':'", "if", "else"))
