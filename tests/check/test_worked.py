r"""Numbers that a note works out: what is rounded may be off a little, what is wrong is found."""

from __future__ import annotations

import pytest

from .verdicts import findings, report, told, wrong


@pytest.mark.parametrize(
    "line",
    [
        r"q = 0.3 \cdot 0.5 + 0.1 = 0.25",
        r"q = 0.60278 \times 0.39722 \approx 0.23944",
        r"q = 0.60278 \times 0.39722 \approx 0.239",
        r"q = \frac{1}{2} (0.8 - 0.60278)^2 = 0.01945",
        r"q = \frac{2}{3} \approx 0.667",
        r"q = 0.00123 \cdot 2 = 2.46 \times 10^{-3}",
        # the factors were rounded as well
        r"q = 0.52 \cdot 0.48 \cdot 10 \approx 2.53",
    ],
)
def test_what_is_rounded_holds(line: str) -> None:
    assert not wrong(f"$${line}$$")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (r"q = 0.3 \cdot 0.5 + 0.1 = 0.35", "0.25"),
        (r"q = 0.3 + 0.4 = 0.8", "0.7"),
        (r"q = 0.60278 \times 0.39722 \approx 0.24944", "0.23944"),
        (r"q = \frac{1}{2} (0.8 - 0.60278)^2 \approx 0.03890", "0.01945"),
        (r"q = \frac{2}{3} \approx 0.657", "0.667"),
    ],
)
def test_what_is_worked_out_wrongly_is_told_with_the_number_that_should_stand_there(
    line: str, meant: str
) -> None:
    (finding,) = findings(f"$${line}$$", "wrong")
    assert finding.kind == "number"
    assert dict(finding.facts)["meant"] == meant
    assert [edit.text for edit in finding.fixes] == [meant]


def test_a_wrong_sign_of_a_number_is_told_and_not_mended_by_half() -> None:
    (finding,) = findings(r"$$q = 0.2 - 0.5 = 0.3$$", "wrong")
    assert dict(finding.facts)["meant"] == "-0.3"
    assert not finding.fixes


def test_values_that_the_note_gives_are_put_in() -> None:
    note = r"""
Take $x = 2$, $w = 0.5$, $b = -0.3$ and $y = 1$.
$$z = w x + b$$
$$a = \sigma(z)$$
$$E = \frac{1}{2} (a - y)^2$$
$$\frac{\partial E}{\partial a} = a - y \approx -0.3318$$
$$\frac{\partial E}{\partial b} = -0.0736$$
"""
    assert not wrong(note)
    assert wrong(note.replace("-0.0736", "-0.736")) == [7]
    assert wrong(note.replace("-0.3318", "-0.3813")) == [6]


def test_a_function_at_given_numbers_is_the_one_with_arguments() -> None:
    note = r"""
$$f(a, b) = a^2 b$$
Let $n = a^2$; then $f = n b$, and
$$\frac{f(3.01, 2) - f(2.99, 2)}{0.02} \approx 12.0$$
"""
    assert not wrong(note)


def test_near_to_something_without_numbers_is_no_equality() -> None:
    assert not wrong(r"$$e^{q} \approx 1 + q$$")


#: An example whose inputs stand in a table, which is no formula.
EXAMPLE = r"""
| $a$ | 0.4 | $k$ | 1.5 | $r$ | 0.2 |

$$z = a k + r = 0.4 \times 1.5 + 0.2 = 0.8$$

$$p = \sigma(z) = \frac{1}{1 + e^{-0.8}} \approx 0.68997$$

$$E = \frac12 (p - t)^2 = \frac12 (0.68997 - 1)^2 \approx 0.04806$$

$$\frac{\partial E}{\partial p} = p - t = -0.31003$$

$$\delta = \frac{\partial E}{\partial z} = (p - t) p (1 - p) = -0.31003 \times 0.21391 \approx -0.06632$$

$$\frac{\partial E}{\partial k} = \delta a = -0.06632 \times 0.4 \approx -0.02653$$
"""


def test_what_a_line_puts_in_says_what_the_names_are() -> None:
    whole = report(EXAMPLE)
    assert whole.findings == []
    assert whole.counts["holds"] == whole.equations


@pytest.mark.parametrize(
    ("right", "other"),
    [
        (r"\delta a = -0.06632 \times 0.4 \approx -0.02653",
         r"\delta a = -0.06632 \times 1.5 \approx -0.09948"),
        (r"p - t = -0.31003", r"t - p = -0.31003"),
        (r"\frac{1}{1 + e^{-0.8}} \approx 0.68997", r"\frac{1}{1 + e^{0.8}} \approx 0.31003"),
    ],
)  # fmt: skip
def test_what_is_put_in_for_another_name_is_found(right: str, other: str) -> None:
    assert right in EXAMPLE
    assert wrong(EXAMPLE.replace(right, other))


def test_numbers_from_before_an_update_may_come_back() -> None:
    note = r"""
$$z = a k = 0.4 \times 1.5 = 0.6$$

$$k \leftarrow 1.5 - 0.5 = 1$$

With the new weight:

$$z = 0.4 \times 1 = 0.4$$

$$\tanh(z) = 0.53705$$

$$\tanh(z) = 0.37995$$
"""
    assert not wrong(note)


def test_a_number_may_stand_on_both_sides() -> None:
    assert not wrong(r"$$\tanh(0.106) = 0.106$$")
    assert wrong(r"$$\tanh(0.206) = 0.206$$")


def test_a_rounded_number_is_the_one_that_it_was_worked_out_from() -> None:
    assert not told(r"$$\tanh(0.106) = 0.106$$")
    assert told(r"$$\tanh(0.106) = 0.108$$") == ["1 wrong"]


def test_words_may_say_of_what_a_formula_is_the_value() -> None:
    note = r"We get $\tanh(0.5) = 0.462$, and its slope is $= 1 - 0.462^2 = 0.787$."
    assert not told(note)
    assert told(note.replace("0.787", "0.731")) == ["1 wrong"]
    assert told(r"We get $\tanh(0.5) = 0.462$ $= 0.426$.") == ["1 wrong"]


def test_numbers_in_the_place_of_targets_are_given_somewhere() -> None:
    note = r"""
$$L = -\sum_k y^{(k)} \log p^{(k)} = -(1 \times \log p^{(A)} + 0 \times \log p^{(B)})$$
"""
    assert told(note) == ["2 undecided"]


def test_what_is_given_two_numbers_tells_nothing() -> None:
    note = r"""$$h = u p - c = 0.3 \times 0.4 - 0.2 = -0.08$$
$$g = u c = 0.3 \times 0.2 = 0.06$$
$$g = u c = 0.3 \times 0.4 = 0.12$$
$$u = 0.5$$
$$g = u c = 0.5 \times 0.2 = 0.1$$"""
    assert told(note) == ["1 undecided", "3 undecided"]
    assert "3 wrong" in told(note[: note.index("$$u")])
