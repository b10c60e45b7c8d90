"""The formula of one entry has the value of that entry."""

from __future__ import annotations

import pytest

from backproof.expr.values import evaluate
from backproof.notation.text import text
from backproof.publish.numbers.workings import workings

from .pages import EXAMPLES, made

NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))


@pytest.mark.parametrize("note", NOTES)
def test_every_entry_has_its_value(note: str) -> None:
    derivation, sample = made(note)
    point = {**sample.data, **sample.parameters}
    forward, backward = workings(derivation)
    assert len(forward) >= len(derivation.model.equations) - 1
    assert backward
    for found, truth in ((forward, sample.values), (backward, sample.gradients)):
        for plain, working in found.items():
            for i, row in enumerate(truth[plain], 1):
                for j, expected in enumerate(row, 1):
                    value = evaluate(working.right, point, at={"j": i, "s": j})
                    assert value == pytest.approx(expected, rel=1e-12, abs=1e-14), plain


def test_they_are_what_a_lecture_writes_for_one_unit() -> None:
    derivation, _ = made("two_layer_en.md")
    forward, backward = workings(derivation)
    spelling = derivation.model.spelling

    def said(plain: str, found: dict) -> str:
        return " = ".join(text(e, spelling) for e in (found[plain].left, found[plain].right))

    assert said("z1", forward) == "z⁽¹⁾ⱼₛ = Σₖ W⁽¹⁾ⱼₖ Xₖₛ + b⁽¹⁾ⱼ"
    assert said("W1", backward) == "∂L(x)/∂W⁽¹⁾ⱼₛ = Σₖ δ⁽¹⁾ⱼₖ Xₛₖ"
