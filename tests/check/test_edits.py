"""Each kind of small edit, by a line that somebody got wrong and the line that was meant."""

from dataclasses import replace

import pytest

from backproof.check.edits import Context, edits, mutate, strict_forms
from backproof.check.edits.trees import key, put_all, walk
from backproof.check.ellipses import without_dots
from backproof.check.unparse import unparse
from backproof.notation.document import document
from backproof.notation.syntax import Fenced, Number, Relation, Script, Sum, Symbol, Tree

from .trees import formula, sides


def _formulas(text: str) -> tuple[Tree, ...]:
    return tuple(formula(part) for part in text.split())


NAMES = Context(
    quantities=_formulas("L J a^{(2)} z^{(2)} a^{(1)} z^{(1)} X y"),
    parameters=_formulas("W^{(2)} b^{(2)} W^{(1)} b^{(1)}"),
    scalars=_formulas(r"\lambda \alpha"),
    functions=_formulas(r"\sigma f g"),
    terms=(formula(r"\lambda W^{(2)}"),),
    count=formula("m"),
    sample=formula("i"),
)

#: kind, the line as written, the line as meant
MENDED = [
    (
        "wrong variable",
        r"\frac{\partial L}{\partial W^{(2)}} = -\frac{y}{a^{(2)}}",
        r"\frac{\partial L}{\partial a^{(2)}} = -\frac{y}{a^{(2)}}",
    ),
    (
        "wrong variable",
        r"\frac{\partial z^{(2)}}{\partial W^{(2)}} = y",
        r"\frac{\partial a^{(2)}}{\partial W^{(2)}} = y",
    ),
    ("wrong variable", r"\nabla_{W^{(1)}} L = y X", r"\nabla_{W^{(2)}} L = y X"),
    ("wrong variable", r"dW^{(1)} = y X", r"dz^{(1)} = y X"),
    (
        "wrong variable",
        r"x = \frac{\partial L}{\partial a^{(2)}} \frac{\partial z^{(2)}}{\partial W^{(2)}}",
        r"x = \frac{\partial L}{\partial z^{(2)}} \frac{\partial z^{(2)}}{\partial W^{(2)}}",
    ),
    ("sign", r"\delta = a - y", r"\delta = y - a"),
    ("sign", r"\delta = (a - y) x", r"\delta = (y - a) x"),
    ("sign", r"L = -a + b c", r"L = -a - b c"),
    ("sign", r"L = -\frac{y}{a}", r"L = \frac{y}{a}"),
    ("sign", r"a = \frac{1}{1 + e^z}", r"a = \frac{1}{1 + e^{-z}}"),
    ("sign", r"a = \frac{1}{1 + e^{-z}}", r"a = \frac{1}{1 + e^z}"),
    ("transpose", r"\delta = W^{(2)} y", r"\delta = W^{(2)T} y"),
    ("transpose", r"\delta = W^{(2)T} y", r"\delta = W^{(2)} y"),
    ("transpose", r"\delta = X (a - y)", r"\delta = X (a - y)^T"),
    ("transpose", r"\delta = X y", r"\delta = X^T y^T"),
    ("product order", r"\delta = X y", r"\delta = y X"),
    ("product order", r"\delta = X y", r"\delta = y X^T"),
    ("product order", r"\delta = 2 X y z", r"\delta = 2 z y X"),
    ("hadamard", r"\delta = X y", r"\delta = X \odot y"),
    ("hadamard", r"\delta = X \odot y", r"\delta = X y"),
    ("hadamard", r"\delta = X y z", r"\delta = X \odot y \odot z"),
    ("lost factor", r"\delta = a - y", r"\delta = 2 (a - y)"),
    ("lost factor", r"J = a + W^{(1)}", r"J = a + \lambda W^{(1)}"),
    ("lost factor", r"\delta = y", r"\delta = y X^T"),
    ("extra factor", r"\delta = 2 (a - y)", r"\delta = (a - y)"),
    ("extra factor", r"\delta = \frac{1}{2 m} y", r"\delta = \frac{1}{m} y"),
    ("extra factor", r"\delta = f(z) y", r"\delta = y"),
    ("lost mean", r"J = -y X", r"J = -\frac{1}{m} y X"),
    ("lost mean", r"J = a + b", r"J = \frac{1}{m} (a + b)"),
    ("extra mean", r"J = \frac{1}{m} y X", r"J = y X"),
    ("extra mean", r"J = \frac{y}{2 m}", r"J = \frac{y}{2}"),
    ("lost sum", r"J = \frac{1}{m} y^{(i)}", r"J = \frac{1}{m} \sum_{i=1}^m y^{(i)}"),
    ("lost sum", r"\delta_j = w_{kj} e_k", r"\delta_j = \sum_k w_{kj} e_k"),
    ("extra sum", r"J = \sum_i y_i", r"J = y_i"),
    ("off by one", r"J = \sum_{i=0}^m y_i", r"J = \sum_{i=1}^m y_i"),
    ("off by one", r"J = \sum_{i=1}^m y_i", r"J = \sum_{i=0}^m y_i"),
    ("off by one", r"J = \sum_{i=1}^{m-1} y_i", r"J = \sum_{i=1}^m y_i"),
    ("wrong place", r"\delta = y f'(z^{(2)})", r"\delta = y f'(z^{(1)})"),
    ("wrong place", r"\delta = a^{(2)} (1 - a^{(2)})", r"\delta = a^{(1)} (1 - a^{(1)})"),
    ("derivative for function", r"\delta = y \sigma(z)", r"\delta = y \sigma'(z)"),
    ("derivative for function", r"\delta = X a^{(1)}", r"\delta = X a^{(1)} (1 - a^{(1)})"),
    ("derivative for function", r"\delta = X a^{(1)}", r"\delta = X (1 - (a^{(1)})^2)"),
    ("function for derivative", r"\delta = y \sigma'(z)", r"\delta = y \sigma(z)"),
    ("function for derivative", r"\delta = X a (1 - a)", r"\delta = X a"),
    ("function for derivative", r"\delta = X (1 - a^2)", r"\delta = X a"),
    ("index slip", r"z^{(2)} = W^{(2)} a^{(2)}", r"z^{(2)} = W^{(2)} a^{(1)}"),
    ("index slip", r"z^l = w^l a^{l+1}", r"z^l = w^l a^l"),
    ("index slip", r"\delta_j = \sum_k w_{jk} e_k", r"\delta_j = \sum_k w_{kj} e_k"),
    ("index slip", r"\delta_j = \sum_k w_{kj} e_j", r"\delta_j = \sum_k w_{kj} e_k"),
    ("index slip", r"\delta_j = \sum_j w_{kj} e_k", r"\delta_j = \sum_k w_{kj} e_k"),
    ("bracket", r"\delta = x (s) - y", r"\delta = x (s - y)"),
    ("bracket", r"\delta = x (s - y)", r"\delta = x s - y"),
    ("bracket", r"\delta = x_j \sigma(z) - y", r"\delta = x_j (\sigma(z) - y)"),
    ("bracket", r"\delta = f(x) y - z", r"\delta = (f(x) - z) y"),
    ("bracket", r"\delta = (f(x) - z) y", r"\delta = f(x) y - z"),
    ("bracket", r"L = -(A) + B", r"L = -(A + B)"),
    ("bracket", r"L = a - b + c", r"L = a - (b + c)"),
    ("bracket", r"L = \sum_i a_i - b_i", r"L = \sum_i (a_i - b_i)"),
    ("bracket", r"L = \log 1 - a", r"L = \log (1 - a)"),
    (
        "bracket",
        r"J = \frac{1}{m} \sum_{i=1}^m x_j \sigma(z) - y",
        r"J = \frac{1}{m} \sum_{i=1}^m x_j (\sigma(z) - y)",
    ),
    ("lost term", r"\delta = y X", r"\delta = y X + \lambda W^{(2)}"),
    ("extra term", r"\delta = y X + b", r"\delta = y X"),
    ("wrong name", r"z^{(2)} = W^{(2)} X + b^{(2)}", r"z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}"),
    ("wrong name", r"y = W^{(1)} X", r"z^{(1)} = W^{(1)} X"),
    ("power", r"L = (a - y)^2", r"L = (a - y)"),
    ("power", r"L = x^3", r"L = x^2"),
    ("power", r"\delta = 1 - a", r"\delta = 1 - a^2"),
    (
        "lost chain factor",
        r"x = \frac{\partial L}{\partial a^{(2)}} \frac{\partial z^{(2)}}{\partial W^{(2)}}",
        r"x = \frac{\partial L}{\partial a^{(2)}} \frac{\partial a^{(2)}}{\partial z^{(2)}}"
        r" \frac{\partial z^{(2)}}{\partial W^{(2)}}",
    ),
    (
        "lost chain factor",
        r"x = \frac{\partial L}{\partial z^{(2)}}",
        r"x = \frac{\partial L}{\partial a^{(2)}} \frac{\partial a^{(2)}}{\partial z^{(2)}}",
    ),
    ("number", r"y = 8 x + 1", r"y = 8 x + 4"),
]  # fmt: skip


def _fits(one: tuple[Tree, Tree], two: tuple[Tree, Tree]) -> bool:
    return [_bare(t) for t in one] == [_bare(t) for t in two]


def _bare(tree: Tree):
    """What a whole side is without the bracket around it."""
    if isinstance(tree, Fenced) and tree.kind == "paren" and len(tree.items) == 1:
        tree = tree.items[0]
    return key(tree)


@pytest.mark.parametrize(("kind", "written", "meant"), MENDED)
def test_the_line_that_was_meant_is_among_the_edits(kind, written, meant):
    found = [
        c.kind for c in edits(*sides(written), NAMES) if _fits((c.left, c.right), sides(meant))
    ]
    assert kind in found, found


@pytest.mark.parametrize(
    ("kind", "first", "seeded"),
    [
        ("lost mean", r"J = \frac{1}{m} y X", r"J = y X"),
        ("lost term", r"z = W X + b", r"z = W X"),
        ("extra factor", r"\delta = a - y", r"\delta = 2 (a - y)"),
        ("derivative for function", r"\delta = y \sigma'(z)", r"\delta = y \sigma(z)"),
        ("sign", r"\delta = a - y", r"\delta = a + y"),
        (
            "lost chain factor",
            r"x = \frac{\partial L}{\partial a} \frac{\partial a}{\partial z}",
            r"x = \frac{\partial L}{\partial a}",
        ),
    ],
)
def test_a_mistake_is_seeded_by_the_edit_that_mends_its_opposite(kind, first, seeded):
    made = list(mutate(*sides(first), NAMES, kind))
    assert {c.kind for c in made} == {kind}
    assert any(_fits((c.left, c.right), sides(seeded)) for c in made)


def test_two_slips_of_a_loose_line_are_mended_at_once():
    left, right = sides(r"\frac{\partial L}{\partial W^{(2)}} = (a - y) X")
    wanted = key(sides(r"x = \frac{1}{m} (a - y) X^T")[1])
    found = next(c for c in edits(left, right, NAMES) if key(c.right) == wanted)
    assert {found.kind, *found.also} == {"transpose", "lost mean"}


def test_a_wrong_variable_and_a_lost_constant_are_mended_at_once():
    left, right = sides(r"\frac{\partial L}{\partial W^{(2)}} = -(y - a^{(2)})")
    wanted = sides(r"\frac{\partial L}{\partial a^{(2)}} = -2 (y - a^{(2)})")
    found = next(c for c in edits(left, right, NAMES) if _fits((c.left, c.right), wanted))
    assert (found.kind, found.also) == ("wrong variable", ("lost factor",))
    assert dict(found.facts) == {"written": "W^{(2)}", "meant": "a^{(2)}", "factor": "2"}


def test_single_edits_come_before_double_ones_and_the_likely_before_the_far_fetched():
    left, right = sides(r"\frac{\partial L}{\partial W^{(2)}} = -\frac{y}{a^{(2)}}")
    found = list(edits(left, right, NAMES))
    double = [bool(c.also) for c in found]
    assert double == sorted(double)
    meant = key(sides(r"\frac{\partial L}{\partial a^{(2)}} = y")[0])
    assert next(i for i, c in enumerate(found) if key(c.left) == meant) < 10


# arrangements that fit ---------------------------------------------------------------------------
SHAPES = {
    key(formula(name)): shape
    for name, shape in {
        "a^{(2)}": ("n2", "m"), "y": ("n2", "m"), "a^{(1)}": ("n1", "m"), "X": ("n0", "m"),
        "W^{(2)}": ("n2", "n1"), "W^{(1)}": ("n1", "n0"), "b^{(2)}": ("n2", 1),
    }.items()
}  # fmt: skip


def _shape(tree: Tree):
    match tree:
        case Number():
            return 1, 1
        case Fenced():
            return _shape(tree.items[0])
        case Sum():
            wide = [s for t in tree.terms if (s := _shape(t)) not in (None, (1, 1))]
            return wide[0] if wide else (1, 1)
        case Script() if tree.sups and tree.sups[-1].kind == "transpose":
            found = _shape(replace(tree, sups=tree.sups[:-1]))
            return found and found[::-1]
        case _ if hasattr(tree, "by"):
            return _shape(tree.by[0])
        case _:
            return SHAPES.get(key(tree))


SHAPED = replace(NAMES, shape=_shape)


@pytest.mark.parametrize(
    ("loose", "strict", "kinds"),
    [
        (
            r"\frac{\partial L}{\partial W^{(2)}} = (a^{(2)} - y) a^{(1)}",
            r"\frac{1}{m} (a^{(2)} - y) a^{(1)T}",
            {"transpose", "lost mean"},
        ),
        (
            r"\frac{\partial L}{\partial W^{(1)}} = (a^{(2)} - y) W^{(2)} a^{(1)} (1 - a^{(1)}) X",
            r"\frac{1}{m} (W^{(2)T} (a^{(2)} - y) \odot a^{(1)} \odot (1 - a^{(1)})) X^T",
            {"transpose", "product order", "hadamard", "lost mean"},
        ),
        (
            r"\frac{\partial L}{\partial b^{(2)}} = a^{(2)} - y",
            r"\frac{1}{m} \sum_{i=1}^m (a^{(2)(i)} - y^{(i)})",
            {"lost sum", "lost mean"},
        ),
    ],
)
def test_the_shapes_find_what_a_loose_line_means(loose, strict, kinds):
    left, right = sides(loose)
    found = list(strict_forms(left, right, SHAPED))
    place = next(i for i, c in enumerate(found) if key(c.right) == key(formula(strict)))
    assert place < 10
    assert {found[place].kind, *found[place].also} == kinds


def test_only_arrangements_of_the_right_shape_come_out():
    left, right = sides(r"\frac{\partial L}{\partial W^{(2)}} = (a^{(2)} - y) a^{(1)}")
    printed = [unparse(c.right) for c in strict_forms(left, right, SHAPED) if not c.also]
    assert printed == [r"(a^{(2)} - y) a^{(1)T}"]


def test_without_shapes_orders_and_transposes_are_tried_few_changes_first():
    left, right = sides("z = X y")
    printed = [unparse(c.right) for c in strict_forms(left, right, replace(NAMES, count=None))]
    assert printed[0] in ("X^T y", "X y^T", "y X")
    assert "y^T X^T" in printed


def test_too_long_a_product_has_no_arrangements():
    left, right = sides("z = a b c d e f g h")
    assert not list(strict_forms(left, right, SHAPED))


# the text of the note ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"z=\frac12 {x}\,y", r"z=\frac{1}{m} \frac12 {x}\,y"),
        (r"z=x^2+\alpha y", r"z=x^2 - \alpha y"),
        (r"z = \sum_{i=0}^m x_i", r"z = \sum_{i=1}^m x_i"),
        (r"z^{(2)} = W^{(2)}\,X+b", r"z^{(2)} = W^{(2)}\,a^{(1)}+b"),
        (r"z=aW^{(2)}", r"z=aW^{(1)}"),
        (r"z = x_{ij}", r"z = x_{ji}"),
    ],
)
def test_what_did_not_change_keeps_the_text_it_had(written, meant):
    text = f"Let ${written}$ be."
    left, right = sides(written)
    moved = _placed(text)
    assert moved is not None
    outcomes = []
    for candidate in edits(*moved, replace(NAMES, text=text)):
        for change in candidate.changes:
            a, b = change.span.column - 1, change.span.end_column - 1
            outcomes.append(text[:a] + change.text + text[b:])
    assert f"Let ${meant}$ be." in outcomes, (left, right)


def _placed(text: str) -> tuple[Tree, Tree] | None:
    from backproof.notation.document import document

    tree = document(text, "markdown").statements[0].tree
    if not isinstance(tree, Relation) or tree.sides[0] is None or tree.sides[1] is None:
        return None
    return tree.sides[0], tree.sides[1]


def test_several_parts_are_changed_at_once() -> None:
    # the sum that an entry is gets brackets when its row is put together again
    rows = r"a_1 p - p b_1 & a_2 p - p b_2 & \dots & a_K p - p b_K"
    note = document(rf"$$v = \begin{{bmatrix}} {rows} \end{{bmatrix}}$$")
    relation = without_dots(note.statements)[0].tree
    assert isinstance(relation, Relation)
    row = relation.sides[1]
    assert row is not None
    places = [path for path, part in walk(row) if isinstance(part, Symbol) and part.base == "p"]
    assert len(places) == 2
    q = formula("q")
    changed = put_all(row, [(path, q) for path in places])
    assert [part.base for _, part in walk(changed) if isinstance(part, Symbol)].count("q") == 2
    assert "p" not in unparse(changed).replace("pmatrix", "")
