r"""Formulas as lecture notes write them, slips and habits included, and what they are read as."""

from __future__ import annotations

import pytest

from backproof.notation.document import document

from .sexpr import sexpr


def read(formula: str, kind: str = "markdown") -> list[str]:
    note = document(f"$${formula}$$", kind)  # type: ignore[arg-type]
    assert not note.broken + note.unread
    return [sexpr(s.tree) for s in note.statements]


@pytest.mark.parametrize(
    "formula", ["dZ^{[l]} = a", "d{Z}^{[l]} = a", "{dZ}^{[l]} = a", "{{dZ}^{[l]}} = a",
                "d{{Z}^{[l]}} = a", r"d{{Z}^{\left[ l \right]}} = a"]
)  # fmt: skip
def test_the_short_form_of_a_derivative_has_one_form_however_its_braces_are_set(
    formula: str,
) -> None:
    assert read(formula) == ["[d Z^[l]] = a"]


def test_a_power_of_the_short_form_stays_outside_of_it() -> None:
    assert read("s = {dW}^2") == ["s = [d W]^2"]


DERIVATIVES = [
    (r"\frac{\partial \sum (y - a)^2}{\partial W}",
     "(partial (sum _ _ (paren (+y -a))^2) by W)"),
    (r"\frac{\partial}{\partial w L(a, y)}", "(partial [L (paren a , y)] by w)"),
    (r"\frac{\partial}{\partial W x}", "(partial _ by [W x])"),
    (r"\frac{\delta J}{\delta w}", "(partial J by w)"),
    (r"\frac{\delta_j}{\delta_k}", "(frac delta_j delta_k)"),
    (r"{f[g(x)]}'", "[f (square [g (paren x)])]'"),
    (r"f^\prime(x)", "[f' (paren x)]"),
    (r"\left. \frac{d}{dx} f \right|_{x=0}", "(at [(d _ by x) f])_x = 0"),
    (r"\frac{df}{dx} |_{x=0}", "(at (d f by x))_x = 0"),
    (r"a + \frac{df}{dx}\Big|_{x=0} b", "(+a +[(at (d f by x))_x = 0 b])"),
    (r"\frac{df}{dx}\bigg\rvert_{x=0}", "(at (d f by x))_x = 0"),
    (r"|x|_1 + |y|_{2}", "(+(abs x)_1 +(abs y)_2)"),
    (r"p(y|x_1)", "[p (paren y | x_1)]"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "tree"), DERIVATIVES)
def test_derivatives_and_where_they_are_taken(formula: str, tree: str) -> None:
    assert read(formula) == [tree]


def test_two_bars_that_say_where_something_is_evaluated_are_no_absolute_value() -> None:
    assert read("f|_{x=0} = g|_{x=1}") == ["(at f)_x = 0 = (at g)_x = 1"]


@pytest.mark.parametrize(
    "formula",
    [r"a = b \Rightarrow c = d", r"a = b \implies c = d", r"a = b \quad c = d", r"a = b, c = d",
     r"a = b，c = d。", r"a = b\;，\;c = d", r"a = b \hspace{1cm} c = d", r"a = b \to c = d",
     r"a = b \hspace{0.5in} \rightarrow \hspace{0.5in} c = d", r"a = b \\ c = d",
     r"a &= b \nonumber \\ c &= d \tag{1}", r"a = b \qquad (1) \\ c = d.",
     r"a = b \text{ and } c = d", r"a &=& b \\ c &=& d"],
)  # fmt: skip
def test_two_equations_in_one_display_are_two_statements(formula: str) -> None:
    assert read(formula) == ["a = b", "c = d"]


def test_an_arrow_between_names_is_a_relation() -> None:
    assert read(r"w \to w' = w - g") == ["w to w' = (+w -g)"]


@pytest.mark.parametrize("formula", [r"y = x \quad (x > 0)", "y = x, (x > 0)"])
def test_a_condition_behind_an_equation_is_no_factor(formula: str) -> None:
    assert read(formula) == ["y = (list x , (paren x > 0))"]


OPENED = [
    r"a = \underbrace{b + c}_{\text{why}}",
    r"a = \color{red}{b + c}",
    r"a = \textcolor{red}{b + c}",
    r"a = \cancel{b + c}",
    r"a = \boxed{b + c}",
    r"a = {\color{red} b + c}",
]


@pytest.mark.parametrize("formula", OPENED)
def test_colours_boxes_and_labels_fall_away(formula: str) -> None:
    assert read(formula) == ["a = (+b +c)"]


@pytest.mark.parametrize(
    "sign",
    [
        r"\stackrel{def}{=}",
        r"\overset{!}{=}",
        r"\overset{\text{(chain rule)}}{=}",
        r"\hspace{1pt}=",
    ],
)
def test_an_equals_sign_with_something_over_it_is_one(sign: str) -> None:
    assert read(f"f(x) {sign} x^2") == ["[f (paren x)] = x^2"]


CODE = [
    ("db = np.sum(dZ, axis=1, keepdims=True)",
     "[d b] = [sum (paren [d Z] , axis = 1 , keepdims = True)]"),
    (r"db = \text{np}.\text{sum}(dZ, axis=1)", "[d b] = [sum (paren [d Z] , axis = 1)]"),
    ("dw += x dz", "[d w] += [x d z]"),
    ("dw + = x dz", "[d w] += [x d z]"),
    (r"W -= \alpha dW", "W -= [alpha d W]"),
    ("A^+ = B", "A^plus = B"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "tree"), CODE)
def test_formulas_that_look_like_code(formula: str, tree: str) -> None:
    assert read(formula) == [tree]


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        ("x^{<t>} = x^{<t-1>}", "x^(angle t) = x^(angle (+t -1))"),
        (r"a = \text{2}", "a = 2"),
        (r"{W^{\left[ l \right]T}} = a", "W^[l]^T = a"),
        (r"\underset{w,b}{\min} L", "(min (list w , b) _ L)"),
        (r"\underset{\min}{w,b} L", "(min (list w , b) _ L)"),
        (r"a = \left\| x \right|", "a = (norm x)"),
        ("a = logP + lnx", "a = (+[log P] +[ln x])"),
        (r"z = w_1 x_1 + \dots + w_n x_n", "z = (+[w_1 x_1] +... +[w_n x_n])"),
        (r"y = \mathbb{1}[x > 0]", "y = [1.bb (square x > 0)]"),
        (r"d = \mathrm{Diag}(\sigma'(z))", "d = [Diag (paren [sigma' (paren z)])]"),
    ],
)
def test_more_of_what_notes_write(formula: str, tree: str) -> None:
    assert read(formula) == [tree]


@pytest.mark.parametrize("formula", ["^{[l]}", r"\odot \sigma'(z)", "_{ij}", "^l", "^{(i)}"])
def test_a_sign_that_a_sentence_talks_about_is_no_formula(formula: str) -> None:
    note = document(f"The sign ${formula}$ here.", "markdown")
    assert not note.statements + note.unread + note.broken


# formulas without delimiters ---------------------------------------------------------------------
TYPED = [
    ("| Loss = (y-h2)^2 | dLoss/dW2 = -(y-h2) |",
     ["1:3i Loss = (paren (+y -h2))^2", "1:21i [dLoss / dW2] = (-(paren (+y -h2)))"]),
    ("|z2 = h1W2 | dz2/dW2 = h1 | $q$ |", ["1:2i z2 = [h1 W2]", "1:14i [dz2 / dW2] = h1", "1:30i q"]),
    ("Then we have\n\ndZ2 = A2 - Y\n\nand so on.", ["3:1 dZ2 = (+A2 -Y)"]),
    ("- dW1 = (dZ1 * A0.T)/m.", ["1:3 dW1 = [(paren [dZ1 * A0^T]) / m]"]),
    ("```\ndZ = A - Y\n\ndW = np.dot(dZ, A.T)\n```",
     ["2:1 dZ = (+A -Y)", "4:1 dW = [dot (paren dZ , A^T)]"]),
    ("```text\ndb = np.sum(dZ, axis=1, keepdims=True)\n```",
     ["2:1 db = [sum (paren dZ , axis = 1 , keepdims = True)]"]),
    ("    dZ2 = A2 - Y\n    dZ1 = W2.T * dZ2\n", ["1:5 dZ2 = (+A2 -Y)", "2:5 dZ1 = [W2^T * dZ2]"]),
    ("> z = W x + b", ["1:3 z = (+[W x] +b)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "formulas"), TYPED)
def test_a_cell_or_a_line_that_is_nothing_but_an_equation_is_read(
    text: str, formulas: list[str]
) -> None:
    note = document(text, "markdown")
    assert [
        f"{s.span.line}:{s.span.column}{'' if s.display else 'i'} {sexpr(s.tree)}"
        for s in note.statements
    ] == formulas
    assert all(s.typed for s in note.statements if sexpr(s.tree) != "q")
    for span in (s.span for s in note.statements):
        assert (
            note.written(span)
            == text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]
        )


@pytest.mark.parametrize(
    "text",
    [
        "a = b is nice", "x = y", "learning_rate = 0.01", "title = my - note", "if a = b + c then",
        "So b = a + c", "we get loss = a + b here", "a == b + c", "a <= b + c", "key=value + other",
        "| a = b is nice | c |", "`a = b + c`", "```python\nz = W + b\n```",
        "```\nz = W + b\nprint(z)\n```", "    z = W + b\n    print(z)\n", "```\nfor i = 1 + n\n```",
        "http://a.b/c?d=e+f", "**z = W + b**", "![x](a=b+c)", "a = b + c = d", "He = she + it is",
        "x = 'a' + b", "a = b +", "a = (b + c", "= b + c", "width = 10 * height", "f = lambda x: x + y",
        "<img src=a+b>", "# a = b + c", "{% x = y + z %}", "name = first + last",
    ],
)  # fmt: skip
def test_what_may_be_prose_or_code_is_not_read_as_an_equation(text: str) -> None:
    assert not document("Some words.\n\n" + text + "\n", "markdown").statements


def test_typed_formulas_do_not_take_part_in_a_derivation() -> None:
    from backproof.notation import parse

    model = parse("$$z = w x + b$$\n\nw = 2 * q\n\n$$L = (y - z)^2$$", kind="markdown")
    assert [p.attr.plain for p in model.parameters] == ["w", "b"]
