"""Repairs are put in where they belong, and nothing else in a file changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.check.fix import repair
from backproof.check.report import Edit, Finding
from backproof.errors import NoteError, Span

from .reports import LOOSE, NOTE, UNDECIDED, WRONG, change, file_report

MENDED = NOTE.replace(r"\frac{\partial L}{\partial z} =", r"\frac{\partial L}{\partial a} =")


def finding(*fixes: Edit) -> Finding:
    return Finding(fixes[0].span if fixes else Span(1, 1, 1, 1), "wrong", "sign", fixes=fixes)


def test_a_fix_replaces_its_span() -> None:
    done = repair(NOTE.encode(), file_report(WRONG))
    assert done.data.decode() == MENDED
    assert done.mended == (WRONG,)
    assert done.left == ()


def test_several_fixes_do_not_shift_each_other() -> None:
    done = repair(NOTE.encode(), file_report(WRONG, LOOSE))
    assert done.data.decode() == MENDED.replace("(a - y) x\n", "(a - y) x^\\top\n")
    assert done.mended == (WRONG, LOOSE)


def test_a_finding_without_a_fix_is_left() -> None:
    done = repair(NOTE.encode(), file_report(replace(WRONG, fixes=()), UNDECIDED))
    assert done.data == NOTE.encode()
    assert done.mended == ()
    assert len(done.left) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "\n", "  \t\n\n"])
def test_line_ends_and_a_byte_order_mark_stay(end: str, mark: bytes, last: str) -> None:
    text = ("손실은 $x$ 이다.\n\n" + NOTE.rstrip("\n") + last).replace("\n", end)
    before = change(text, r"\partial z} = (a", r"\partial a} = (a")
    done = repair(mark + text.encode(), file_report(finding(before), text=text))
    wanted = text.replace(r"\frac{\partial L}{\partial z} =", r"\frac{\partial L}{\partial a} =")
    assert done.data == mark + wanted.encode()


def test_a_fix_of_several_lines_gets_the_line_ends_of_the_file() -> None:
    text = "a\r\nb\r\nc"
    fix = Edit(Span(1, 1, 2, 2), "x\ny\nz")
    assert repair(text.encode(), file_report(finding(fix), text=text)).data == b"x\r\ny\r\nz\r\nc"


def test_an_empty_span_inserts() -> None:
    fix = Edit(Span(1, 2, 1, 2), "^T")
    assert repair(b"x y", file_report(finding(fix), text="x y")).data == b"x^T y"
    end = Edit(Span(1, 4, 1, 4), "^T")
    assert repair(b"x y", file_report(finding(end), text="x y")).data == b"x y^T"


def test_of_two_fixes_in_each_other_s_way_the_first_is_made_and_the_other_left() -> None:
    first = finding(Edit(Span(1, 1, 1, 3), "A"))
    second = finding(Edit(Span(1, 5, 1, 6), "C"), Edit(Span(1, 2, 1, 4), "B"))
    done = repair(b"abcdef", file_report(first, second, text="abcdef"))
    assert done.data == b"Acdef"
    assert done.mended == (first,)
    assert done.left == (second,)


def test_two_findings_with_the_same_fix_are_both_mended_by_it() -> None:
    first, second = (finding(Edit(Span(1, 1, 1, 3), "A")), replace(finding(Edit(Span(1, 1, 1, 3), "A")), kind="power"))  # fmt: skip
    done = repair(b"abcdef", file_report(first, second, text="abcdef"))
    assert done.data == b"Acdef"
    assert done.mended == (first, second)


def test_neighbours_are_not_in_each_other_s_way() -> None:
    both = finding(Edit(Span(1, 1, 1, 3), "A"), Edit(Span(1, 3, 1, 5), "B"))
    assert repair(b"abcdef", file_report(both, text="abcdef")).data == b"ABef"


@pytest.mark.parametrize(
    "span",
    [
        Span(9, 1, 9, 2), Span(1, 9, 1, 10), Span(1, 3, 1, 2), Span(0, 1, 1, 1), Span(1, 0, 1, 1),
        Span(2, 1, 1, 1),
    ],
)  # fmt: skip
def test_a_fix_that_is_not_in_the_text_is_left(span: Span) -> None:
    done = repair(b"abc\ndef", file_report(finding(Edit(span, "x")), text="abc\ndef"))
    assert done.data == b"abc\ndef"
    assert done.mended == ()


@pytest.mark.parametrize("data", [b"something else", NOTE.encode() + b"more", b"\xff\xfe"])
def test_a_file_that_has_changed_meanwhile_is_not_touched(data: bytes) -> None:
    with pytest.raises(NoteError, match="has changed"):
        repair(data, file_report(WRONG))


@given(st.text(alphabet="ab가\n\r$\\", max_size=40), st.data())
def test_outside_of_the_fixes_every_byte_stays(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    line = data.draw(st.integers(0, len(lines) - 1))
    start = data.draw(st.integers(0, len(lines[line])))
    end = data.draw(st.integers(start, len(lines[line])))
    new = data.draw(st.text(alphabet="xyz", max_size=5))
    fix = Edit(Span(line + 1, start + 1, line + 1, end + 1), new)
    done = repair(text.encode(), file_report(finding(fix), text=text))
    lines[line] = lines[line][:start] + new + lines[line][end:]
    assert done.data.decode() == "\n".join(lines)
