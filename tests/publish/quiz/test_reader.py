"""What a student may type, what is said about it, and what happens to nonsense: run by node."""

from __future__ import annotations

import pytest

from .reader import asked, example, judged, noted, verdicts

# ∂L/∂W2 = δ2 a1ᵀ
LAST = (
    "delta2 a1^T",
    "δ2 a1ᵀ",
    "δ⁽²⁾ a⁽¹⁾ᵀ",
    r"\delta^{(2)} a^{(1)\top}",
    r"\delta^{(2)} \left(a^{(1)}\right)^{\top}",
    r"\delta_2 a_1^T",
    r"$\delta^{[2]} {a^{[1]}}^{T}$",
    r"\delta_{2} \, a_{1}^{\intercal}",
    r"\boldsymbol{\delta}_2 \mathbf{a}_1^\mathsf{T}",
    r"\delta_2 a_1^{\mathsf T}",
    r"\delta_2 {\bf a}_1^{\rm T}",
    "delta2 @ a1.T",
    "delta2 * a1'",
    "delta_2 · transpose(a_1)",
    "(a1 delta2')'",
    "(a1 @ delta2.T).T",
    "1/m (a2 - y) a1'",
    "1/m * (a2 - y) @ a1.T",
    r"\frac{1}{m} (a^{(2)} - y) a^{(1)T}",
    r"\frac1m (a_2 - y) {a_1}^T",
    "(h(x) - y) a1ᵀ / m",
    "(a2 a1ᵀ - y a1ᵀ)/m",
    "-(y - a2) a1^T (1/m)",
    "1/m (sigmoid(z2) - y) a1^T",
    r"\frac{1}{m} (\sigma(z_2) - y) \sigma(z_1)^T",
    "1/m (1/(1 + e^(-z2)) - y) a1'",
    "∂L/∂z2 a1ᵀ",
    r"\frac{\partial L}{\partial z^{(2)}} a^{(1)\top}",
    "dz2 a1^T",
    "dL/dz2 @ a1.T",
    "∂L/∂W2 = δ2 a1ᵀ",
    "δ2a1ᵀ",
    "½ 2 δ2 a1ᵀ",
    "sum_s (a2^{(s)} - y^{(s)}) a1^{(s)T} / m",
    r"\frac{1}{m} \sum_{i=1}^m (a_2^{(i)} - y^{(i)}) (a_1^{(i)})^T",
)

# ∂L/∂z1 = (W2ᵀ δ2) ⊙ a1 ⊙ (1 − a1)
HIDDEN = (
    "W2' * delta2 * a1 * (1 - a1)",
    "W2.T @ delta2 * a1 * (1 - a1)",
    "(W2ᵀ δ2) ⊙ a1 ⊙ (1 − a1)",
    "a1 ⊙ (1 - a1) ⊙ (W2ᵀ δ2)",
    "a1 ⊙ (1 - a1) ⊙ W2ᵀ δ2",
    "W2^T δ2 ⊙ σ'(z1)",
    r"(W^{(2)})^\top \delta^{(2)} \odot \sigma'(z^{(1)})",
    r"W_2^T \delta_2 \circ \sigma^{\prime}(z_1)",
    "(W2ᵀ δ2) ⊙ (a1 - a1²)",
    "(W2' delta2) ⊙ (a1 - a1^2)",
    "(W2' delta2) .* (a1 - a1**2)",
    "W2ᵀ (a2 - y) ⊙ σ′(z1) / m",
    "W2ᵀ δ2 ⊙ a1 - W2ᵀ δ2 ⊙ a1 ⊙ a1",
    "W2ᵀ δ2 ⊙ exp(-z1)/(1 + exp(-z1))^2",
    "∂L/∂a1 ⊙ σ'(z1)",
)

# ∂L/∂b1 = Σ δ1
BIAS = (
    "sum(delta1)",
    "sum(delta1, axis=1)",
    "np.sum(delta1, axis=1, keepdims=True)",
    "delta1.sum(axis=1)",
    "Σₛ δ⁽¹⁾[:, s]",
    r"\sum_s \delta^{(1)}_s",
    r"\sum_{s=1}^{m} \delta^{(1)}_{:,s}",
    r"\sum_i \delta_1^{(i)}",
    r"\delta^{(1)} \mathbf{1}",
    "δ1 ones(m, 1)",
    "m mean(δ1)",
)

# ∂a1/∂z1 = a1 (1 − a1), for one entry
SLOPE = (
    "a1 (1 - a1)",
    "a1*(1-a1)",
    "a1 ⊙ (1 - a1)",
    "a1 - a1^2",
    "σ'(z1)",
    r"\sigma'(z^{(1)})",
    "σ(z1)(1 - σ(z1))",
    "e^{-z1}/(1 + e^{-z1})^2",
    r"\frac{e^{-z_1}}{\left(1 + e^{-z_1}\right)^2}",
    "a^{(1)}_{js} (1 - a^{(1)}_{js})",
    "a1_js (1 - a1_js)",
)


@pytest.mark.parametrize(
    ("kind", "about", "answers"),
    [
        ("gradient", "W2", LAST),
        ("gradient", "z1", HIDDEN),
        ("gradient", "b1", BIAS),
        ("factor", "z1", SLOPE),
        ("factor", "W1", ("X", "X_ks", "X_{k,s}", "Xᵀ", "X^T", "X[k, s]")),
        (
            "factor",
            "a2",
            ("(a2 - y)/(a2(1 - a2))", r"\frac{a_2-y}{a_2(1-a_2)}", "-y/a2 + (1-y)/(1-a2)"),
        ),
        (
            "chain",
            "W2",
            (
                "∂a2/∂z2",
                "da2/dz2",
                r"\frac{\partial a^{(2)}}{\partial z^{(2)}}",
                "∂h(x)/∂z2",
                r"\partial a_2 / \partial z_2",
            ),
        ),
        (
            "shape",
            "W1",
            (
                "n1 x n0",
                "n1×n0",
                "(n1, n0)",
                r"n_1 \times n_0",
                "n_{1} × n_{0}",
                "n₁ × n₀",
                "n1 by n0",
                "n1xn0",
            ),
        ),
        ("shape", "b1", ("n1 x 1", "(n1,1)", "n_1 × 1")),
    ],
)
def test_any_form_counts(kind: str, about: str, answers: tuple[str, ...]) -> None:
    lesson, questions = example("two_layer_en")
    check = asked(questions, kind, about).check
    told = judged(lesson, check, *answers)
    assert [(a, v.key) for a, v in zip(answers, told, strict=True) if v.state != "right"] == []


WRONG = (
    ("gradient", "W2", "-delta2 a1^T", "sign"),
    ("gradient", "W2", "a1 delta2^T", "transposed"),
    ("gradient", "W2", "(a2 - y) a1^T", "mean lost"),
    ("gradient", "W2", "(y - a2) a1^T", "mean lost and sign"),
    ("gradient", "W2", "1/m delta2 a1^T", "mean twice"),
    ("gradient", "W2", "2 delta2 a1^T", "factor"),
    ("gradient", "W2", "delta2 a1", "no product turned"),
    ("gradient", "W2", "W1 delta2", "no product"),
    ("gradient", "W2", "delta2 ⊙ a1^T", "matrices"),
    ("gradient", "W2", "delta2 ⊙ X^T", "no hadamard"),
    ("gradient", "W2", "delta2 + a1^T", "no entries"),
    ("gradient", "W2", "delta1", "shape"),
    ("gradient", "W2", "0 W2", "zero"),
    ("gradient", "W2", "W2", "wrong"),
    ("gradient", "W2", "∂L/∂W2", "itself"),
    ("gradient", "W2", "delta2 a1^T)", "closed"),
    ("gradient", "W2", "(delta2 a1^T", "open"),
    ("gradient", "W2", "delta2 q", "unknown"),
    ("gradient", "W2", "delta2 +", "ends"),
    ("gradient", "W2", "delta2 a1^", "script"),
    ("gradient", "W2", "* a1", "operand"),
    ("gradient", "W2", "sigmoid", "argument"),
    ("gradient", "W2", "delta2 # a1", "character"),
    ("gradient", "W2", "∂/∂W2 L", "operator"),
    ("gradient", "W2", "∂z2/∂W2", "no partial"),
    ("gradient", "W2", "log(0) delta2 a1^T", "no number"),
    ("gradient", "W2", "(" * 400 + "y" + ")" * 400, "deep"),
    ("gradient", "W2", "y+" * 1500 + "y", "long"),
    ("gradient", "W2", r"1/m \sum_s (a_{2,s} - y_s) a_{1,ks}", "one entry"),
    ("gradient", "W2", "a1_13", "index"),
    ("gradient", "W2", r"1/m \sum_s (a^{(2)}_s - y_s) a^{(1)}_{ks}", "one entry"),
    ("gradient", "z1", "W2ᵀ δ2 ⊙ a1", "as activation"),
    ("gradient", "z1", "W2ᵀ ⊙ δ2 ⊙ a1 ⊙ (1 - a1)", "matrices"),
    ("gradient", "z1", "W2 δ2 ⊙ a1 ⊙ (1 - a1)", "no product turned"),
    ("gradient", "z1", "W2ᵀ δ2 ⊙ (1 - a1)", "as factor lost"),
    ("gradient", "z1", "W2ᵀ δ2 ⊙ a1 ⊙ (1 + a1)", "as sign"),
    ("factor", "a2", "(a2 - y)/a2(1 - a2)", "brackets"),
    ("factor", "a2", "1/m (a2 - y)/(a2(1 - a2))", "mean twice"),
    ("factor", "z1", "a1", "as activation"),
    ("factor", "z1", "-a1 (1 - a1)", "sign"),
    ("chain", "W2", "∂z2/∂a2", "upside down"),
    ("chain", "W2", "∂z2/∂W2", "there already"),
    ("chain", "W2", "∂a2/∂z1", "upper right"),
    ("chain", "W2", "a2", "derivative asked"),
    ("shape", "W1", "n0 x n1", "sides turned"),
    ("shape", "W1", "n1 x m", "other shape"),
    ("shape", "W1", "big", "sides"),
)


def test_what_is_wrong_is_said() -> None:
    lesson, questions = example("two_layer_en")
    told = verdicts(lesson, [(asked(questions, k, a).check, typed) for k, a, typed, _ in WRONG])
    wanted = [(typed, key) for *_, typed, key in WRONG]
    assert [(typed, v.key) for (_, _, typed, _), v in zip(WRONG, told, strict=True)] == wanted
    assert all(v.state != "right" for v in told)


def test_an_error_points_at_its_place() -> None:
    lesson, questions = example("two_layer_en")
    check = asked(questions, "gradient", "W2").check
    for answer, place in [
        ("δ⁽²⁾ + nonsense", "nonsense"),
        ("δ2 ⊙ (a1ᵀ", "("),
        (r"\frac{1}{mm} q", "q"),
        ("δ2 a1ᵀ + a1 W2", "a1 W2"),
        (r"y^{y + qq}", "qq"),
    ]:
        [verdict] = judged(lesson, check, answer)
        assert verdict.start is not None
        assert answer[verdict.start : verdict.end] == place


NONSENSE = (
    "",
    " ",
    "\t",
    "=",
    "()",
    "[]",
    "{}",
    "\\",
    "\\frac",
    "\\frac{1}",
    "\\frac{}{}",
    "\\sqrt",
    "^",
    "_",
    "'",
    "a1'''''",
    "</script><script>alert(1)</script>",
    "\x00",
    "🙂",
    "\u202e",
    "a" * 1900,
    "((((",
    "))))",
    "1e999",
    "∂",
    "∂/∂",
    "∑",
    "sum",
    "sum()",
    "max(y)",
    "diag(a1)",
    "tr(a1)",
    "norm()",
    "|",
    "|y",
    "||",
    "a1[",
    "a1[:",
    "a1[j",
    "y_",
    "y_{",
    "y^{",
    "\\left(",
    "\\begin{bmatrix}1\\end{bmatrix}",
    "if",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "a1.constructor",
    "lambda x: x",
    "NaN",
    "Infinity",
    "1/0",
    "0/0",
    "y^y^y^y",
    "-" * 500 + "y",
    "y!",
    "y;",
    "σ",
    "σ'",
    "log",
    "e",
    "pi",
    "E",
    "I",
)


def test_nonsense_is_never_right_and_breaks_nothing() -> None:
    lesson, questions = example("two_layer_en")
    wanted = [("gradient", "W2"), ("factor", "z1"), ("chain", "W2"), ("shape", "W1")]
    checks = [asked(questions, *which).check for which in wanted]
    told = verdicts(lesson, [(check, typed) for check in checks for typed in NONSENSE])
    assert {v.state for v in told} <= {"empty", "unread", "wrong", "nearly"}


def test_a_number_for_every_entry_is_nearly_right() -> None:
    note = "$$l = (y - w x)^2$$ $$L = \\frac{1}{m} \\sum_{i=1}^m l^{(i)}$$"
    lesson, questions = noted(note)
    check = asked(questions, "gradient", "l").check
    assert [v.key for v in judged(lesson, check, "1/m", "𝟏/m", "m")] == [
        "one entry",
        "right",
        "shape",
    ]


def test_primes_belong_to_names_that_have_them() -> None:
    lesson, questions = noted("$$s' = \\tanh(s)$$ $$L = (s' - y)^2$$")
    check = asked(questions, "factor", "s").check
    answers = ("1 - s'^2", r"1 - (s^{\prime})^2", "1 - (s')²", "1 - s′ s′", "tanh'(s)")
    assert [v.state for v in judged(lesson, check, *answers)] == ["right"] * len(answers)


ODD = r"""
$$I = \lambda E + b$$
$$h = \tanh(I)$$
$$\pi = w^\top h$$
$$L = (\pi - y)^2$$
"""


def test_names_that_mean_something_elsewhere_are_the_note_s_own() -> None:
    lesson, questions = noted(ODD)
    check = asked(questions, "factor", "I").check
    right = (
        "1 - h^2",
        "1 - h h",
        r"1 - \tanh(I)^2",
        "1 - tanh(λ E + b)^2",
        r"1 - \tanh(\lambda E + b)^2",
    )
    assert [v.state for v in judged(lesson, check, *right)] == ["right"] * len(right)
    check = asked(questions, "factor", "pi").check
    assert [v.state for v in judged(lesson, check, "2 (pi - y)", r"2(\pi - y)", "2π - 2y")] == [
        "right"
    ] * 3
    [verdict] = judged(lesson, check, "2 (3.14159265358979 - y)")
    assert verdict.state == "wrong"


def test_a_product_of_two_names_is_not_a_name() -> None:
    lesson, questions = noted("$$z = w x + b$$ $$a = \\sigma(z)$$ $$L = (a - y)^2$$")
    check = asked(questions, "factor", "w").check
    assert judged(lesson, check, "x")[0].state == "right"
    assert judged(lesson, check, "wx")[0].state == "wrong"
    check = asked(questions, "gradient", "w").check
    answers = ("2(a-y)a(1-a)x'", "2 (a - y) a (1 - a) xᵀ", "2x^T a(1-a)(a-y)", "2ax^T(1-a)(a-y)")
    assert [v.state for v in judged(lesson, check, *answers)] == ["right"] * len(answers)
