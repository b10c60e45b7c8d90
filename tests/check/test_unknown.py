r"""Names that a note never gives a formula: what can be said of a line all the same."""

from __future__ import annotations

import pytest

from backproof.check.check import check


def told(note: str) -> list[tuple[int, str]]:
    """The lines of a note that do not simply hold, with their verdicts."""
    return [(f.span.line, f.verdict) for f in check(note).files[0].findings]


#: A note whose last line is as it should be, and what stands wrongly in its place.
PAIRS: dict[str, tuple[str, str]] = {
    "a word above a name belongs to it": (
        r"""$q_t^{\text{src}} = \tanh(p_t)$ and $r_t = w q_t^{\text{src}} + u q_t^{\text{dst}}$.

$$\frac{\partial r_t}{\partial p_t} = w \left(1 - (q_t^{\text{src}})^2\right)$$
""",
        r"\frac{\partial r_t}{\partial p_t} = u \left(1 - (q_t^{\text{src}})^2\right)",
    ),
    "the entry of what a function gives is a quantity": (
        r"""The weights are $$q(\mathbf{v})_k = \frac{e^{v_k}}{\sum_{r=1}^{K} e^{v_r}}.$$

$$\frac{\partial q_k}{\partial v_j} = q_k (\delta_{kj} - q_j)$$
""",
        r"\frac{\partial q_k}{\partial v_j} = q_j (\delta_{kj} - q_j)",
    ),
    "a letter that another formula takes from its line stands for no other": (
        r"""$q_k = \frac{e^{v_k}}{\sum_{r=1}^{K} e^{v_r}}$, and for the largest of them $M = \max(v_k)$.

$$\frac{\partial q_k}{\partial v_j} = q_k (\delta_{kj} - q_j)$$
""",
        r"\frac{\partial q_k}{\partial v_j} = q_j (\delta_{kj} - q_j)",
    ),
    "a quantity without a formula is any function": (
        r"""Let $p$ depend on $u$ in any way, and $u_k = v_k \, r$ with $r = \sum_j v_j$. Then

$$\frac{\partial p}{\partial v_i} = \sum_k \frac{\partial p}{\partial u_k}
\frac{\partial u_k}{\partial v_i}$$

$$\frac{\partial p}{\partial v_i} = r \frac{\partial p}{\partial u_i} +
\sum_k \frac{\partial p}{\partial u_k} v_k$$
""",
        r"\frac{\partial p}{\partial v_i} = r \frac{\partial p}{\partial u_i} -"
        "\n"
        r"\sum_k \frac{\partial p}{\partial u_k} v_k",
    ),
    "so is the part of a loss, also where it is differentiated step by step": (
        r"""$z = \mu + \sigma \epsilon$ and $g = \frac{\partial L_{\text{rec}}}{\partial z}$, so that

$$\frac{\partial L_{\text{rec}}}{\partial \sigma}
= \frac{\partial L_{\text{rec}}}{\partial z} \frac{\partial z}{\partial \sigma}
= g \, \epsilon$$
""",
        "= g \\, \\sigma",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_right_holds_and_what_is_not_is_found(name: str) -> None:
    note, other = PAIRS[name]
    assert told(note) == []
    lines = note.rstrip().splitlines()
    rows = other.count("\n") + 1
    first = lines[-rows]
    start = "$$" if first.startswith("$$") else ""
    wrong = "\n".join([*lines[:-rows], f"{start}{other}$$"])
    assert [verdict for _, verdict in told(wrong)] == ["wrong"]
