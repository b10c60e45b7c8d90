r"""A syntax tree as text again, for suggestions: in LaTeX, or as a plain line.

What is printed reads back to an equal tree. Names come out as their author spelled them; `keep`
may do the same for whole parts, with the text they had in the note.

>>> from backproof.notation.document import document
>>> note = document(r"$$\frac{\partial L}{\partial W_2}=(a_2-y)\, a_1^T$$")
>>> print(unparse(note.statements[0].tree))
\frac{\partial L}{\partial W_2} = (a_2 - y) a_1^T
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from ..notation.syntax import (
    Big,
    Cases,
    Derivative,
    Ellipsis_,
    Fenced,
    Fraction,
    Matrix,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Sum,
    Sup,
    Symbol,
    Text,
    Tree,
    Unknown,
)
from .ellipses import COLUMN, DOTS, ROW, members
from .spelling import beside, braced, empty, letters, method, raised, ranging

Style = Literal["latex", "text"]
Keep = Callable[[Tree], str | None]

_LATEX = {
    "cdot": r"\cdot", "times": r"\times", "odot": r"\odot", "circ": r"\circ",
    "otimes": r"\otimes", "~": r"\sim", "approx": r"\approx", "equiv": r"\equiv",
    "propto": r"\propto", "in": r"\in", "to": r"\to", "<-": r"\leftarrow", "<=": r"\le",
    ">=": r"\ge", "!=": r"\ne",
}  # fmt: skip
_TEXT = {
    "cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "otimes": "⊗", "approx": "≈",
    "equiv": "≡", "propto": "∝", "in": "∈", "to": "->",
}  # fmt: skip
_LATEX_BRACKETS = {
    "paren": ("(", ")"), "square": ("[", "]"), "brace": (r"\{", r"\}"),
    "abs": (r"\lvert ", r" \rvert"), "norm": (r"\lVert ", r" \rVert"),
    "angle": (r"\langle ", r" \rangle"), "floor": (r"\lfloor ", r" \rfloor"),
    "ceil": (r"\lceil ", r" \rceil"),
}  # fmt: skip
_TEXT_BRACKETS = {
    "paren": ("(", ")"), "square": ("[", "]"), "brace": (r"\{", r"\}"), "abs": ("|", "|"),
    "norm": ("‖", "‖"), "angle": ("⟨", "⟩"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"),
}  # fmt: skip
_PROSE = {"for-all": r"\forall", "there-is": r"\exists", "%": r"\%"}
_LONGEST = 12  # products in which stretches of the note's text are looked for
_ROW = r" \\ "
_TALL = re.compile(r"\\(?:[dtc]?frac|sum|prod|begin|over)(?![A-Za-z])")
_OLD_FACE = re.compile(r"\\(?:rm|bf|it|sf|tt)(?![A-Za-z])")


def unparse(
    tree: Tree, style: Style = "latex", *, transpose: str = "", keep: Keep | None = None
) -> str:
    r"""The text of a tree.

    `transpose` is the mark for one: what stands in the superscript (`T`, `\top`) for LaTeX, the
    whole mark (`.T`, `^T`) for plain text. `keep` gives the text of a part that is to be taken over
    as it is, or None.
    """
    return _Printer(style == "latex", transpose, keep).tree(tree)


class _Printer:
    def __init__(self, latex: bool, transpose: str, keep: Keep | None) -> None:
        self.latex = latex
        self.transpose = transpose or ("T" if latex else ".T")
        self.keep = keep
        self.signs = _LATEX if latex else _TEXT

    def tree(self, t: Tree, tight: bool = False) -> str:
        """The text of a tree where nothing can run into it; `tight` for scripts."""
        kept = self.keep(t) if self.keep else None
        if kept is not None:
            return kept
        match t:
            case Number():
                return t.text
            case Symbol():
                return f"{{{t.written}}}" if _OLD_FACE.match(t.written) else t.written
            case Script():
                return self.script(t)
            case Sum():
                return self.sum(t, tight)
            case Product():
                return self.product(t, tight)
            case Fraction(numerator=top, denominator=bottom):
                return rf"\frac{{{self.tree(top)}}}{{{self.tree(bottom)}}}"
            case Root():
                degree = "" if t.degree is None else f"[{self.tree(t.degree)}]"
                sign = r"\sqrt" if self.latex else "√"
                return f"{sign}{degree}{{{self.tree(t.body)}}}"
            case Big():
                return self.big(t)
            case Fenced():
                return self.fenced(t)
            case Matrix(rows=rows):
                return self.matrix(rows)
            case Cases(rows=rows):
                return self.cases(rows)
            case Derivative():
                return self.derivative(t)
            case Ellipsis_():
                return r"\dots" if self.latex else "..."
            case Unknown():
                return "?"
            case Relation():
                return self.relation(t, tight)
            case Text():
                return self.text(t)
            case _:
                raise AssertionError(t)

    def text(self, t: Text) -> str:
        if not t.text:
            return "{}"
        if t.text in _PROSE:
            return _PROSE[t.text] if self.latex else t.text
        return rf"\text{{{t.text}}}" if self.latex else t.text

    # sums and products ---------------------------------------------------------------------------
    def sum(self, t: Sum, tight: bool) -> str:
        lone = len(t.terms) == 1
        out = t.signs[0] if lone or t.signs[0] == "-" else ""
        end = 0
        for i, (term, sign) in enumerate(zip(t.terms, t.signs, strict=True)):
            if i < end:
                continue
            out += (f"{sign}" if tight else f" {sign} ") if i else ""
            run, end = self.run(t, i)
            if run is not None:
                out += run
                continue
            if isinstance(term, Ellipsis_) and self.latex:
                out += r"\cdots"
                continue
            if isinstance(term, Big) and term.kind == DOTS and sign == "+":
                out += self.spread(term)
                continue
            negated = isinstance(term, Sum) and len(term.terms) == 1
            out += self.tree(term, tight) if negated else self.part(term)
        return out

    def run(self, t: Sum | Product, start: int) -> tuple[str | None, int]:
        """The text of several neighbours that stand together in the note, and where they end."""
        parts = t.terms if isinstance(t, Sum) else t.factors
        if self.keep is not None and len(parts) <= _LONGEST:
            for end in range(len(parts), start + 1, -1):
                kept = self.keep(_stretch(t, start, end))
                if kept is not None and end - start > 1:
                    return kept, end
        return None, start + 1

    def part(self, t: Tree) -> str:
        """A term, or the body of a big operator: sums and lists in braces."""
        loose = isinstance(t, Sum | Relation) or (isinstance(t, Fenced) and t.kind == "list")
        return f"{{{self.tree(t)}}}" if loose else self.tree(t)

    def product(self, t: Product, tight: bool) -> str:
        factors = t.factors
        if tight and self.latex and not any(t.operators) and letters(factors):
            return "".join(f.written for f in factors if isinstance(f, Symbol))
        end, out = 0, ""
        for i, factor in enumerate(factors):
            if i < end:
                continue
            op = t.operators[i - 1] if i else ""
            run, end = self.run(t, i)
            text = run or self.factor(factor, op, last=i + 1 == len(factors))
            if not i:
                out = text
                continue
            if not op:
                opened = factor.base if isinstance(factor, Script) else factor
                glued = isinstance(opened, Fenced) and isinstance(factors[i - 1], Symbol | Script)
                out += ("" if glued and text[:1] in ("(", "[") else " ") + text
            elif op == "cdot" and not self.latex and method(factors, i):
                out += f".{text}"
            elif op == "/":
                simple = all(
                    isinstance(f, Number | Symbol | Script) for f in factors[i - 1 : i + 1]
                )
                out += f"/{text}" if simple else f" / {text}"
            else:
                out += f" {self.signs.get(op, op)} {text}"
        return out

    def factor(self, t: Tree, op: str, last: bool) -> str:
        if isinstance(t, Sum) and op and len(t.terms) == 1:
            big = isinstance(t.terms[0], Big) and not last
            if not big and not isinstance(t.terms[0], Sum | Product):
                return self.tree(t)
        if isinstance(t, Product) or (not last and (isinstance(t, Big) or ranging(t))):
            return f"{{{self.tree(t)}}}"
        if isinstance(t, Ellipsis_) and self.latex:
            return r"\cdots"
        return self.part(t)

    def spread(self, t: Tree, mark: str = " & ") -> str:
        """What dots leave out, with the dots again: `a_1 + a_2 + \\dots + a_n`, or cells."""
        assert isinstance(t, Big)
        cells = [m.rows[0] if isinstance(m, Matrix) else (m,) for m in members(t)]
        texts = [mark.join(map(self.tree, row)) for row in cells]
        dots = {DOTS: r"\cdots", ROW: r"\dots", COLUMN: r"\vdots"}[t.kind] if self.latex else "..."
        between = {DOTS: " + ", ROW: mark}.get(t.kind, _ROW if mark == " & " else mark)
        return between.join((*texts[:2], dots, texts[2]))

    def big(self, t: Big) -> str:
        if _cells(t):
            return self.spread(t)
        if t.kind == DOTS:
            return f"({self.spread(t)})"
        if self.latex:
            head = r"\arg" + "\\" + t.kind[3:] if t.kind.startswith("arg") else "\\" + t.kind
        else:
            bare = t.below is None and t.above is None
            head = {"sum": "∑", "prod": "∏"}.get(t.kind, t.kind) if bare else t.kind
        head += "" if t.below is None else "_" + self.inside(t.below)
        head += "" if t.above is None else "^" + self.inside(t.above)
        if isinstance(t.body, Sum) and len(t.body.terms) == 1:
            return f"{head} {self.tree(t.body)}"
        return f"{head} {self.part(t.body)}"

    # scripts -------------------------------------------------------------------------------------
    def inside(self, t: Tree) -> str:
        """A script: one character alone, anything else in braces."""
        text = self.tree(t, tight=True)
        word = r"[A-Za-z0-9]" if self.latex else r"[A-Za-z0-9]+"
        bare = re.fullmatch(word, text) and isinstance(t, Symbol | Number)
        return text if bare else f"{{{text}}}"

    def script(self, t: Script) -> str:
        atom = isinstance(t.base, Symbol | Number | Fenced | Ellipsis_ | Unknown | Matrix)
        bare = atom and not (isinstance(t.base, Fenced) and t.base.kind == "list")
        out = self.tree(t.base)
        if not bare and out != "{}":
            out = f"{{{out}}}"
        if len(t.subs) == 1:
            out += "_" + self.inside(t.subs[0])
        elif t.subs:
            parts = [self.tree(sub, tight=True) for sub in t.subs]
            out += f"_{{{(',' if all(len(p) == 1 for p in parts) else ', ').join(parts)}}}"
        return self.raised(out, t.sups) if self.latex else self.raised_text(out, t.sups)

    def raised(self, out: str, sups: tuple[Sup, ...]) -> str:
        """Superscripts as TeX allows them: primes, and then one group."""
        if sups and sups[-1].kind == "factorial":
            return self.raised(out, sups[:-1]) + "!"
        primes = next((i for i, s in enumerate(sups) if s.kind != "prime"), len(sups))
        out += "'" * primes
        rest = sups[primes:]
        if not rest:
            return out
        if len(rest) > 1 and any(s.kind in ("bare", "star") for s in rest):
            for i, sup in enumerate(rest):
                out = (f"{{{out}}}" if i or primes else out) + self.raised("", (sup,))
            return out
        first = next(iter(rest))
        if first.kind == "bare" and first.tree is not None:
            return f"{out}^{self.inside(first.tree)}"
        if len(rest) == 1 and first.kind == "transpose":
            alone = len(self.transpose) == 1
            return f"{out}^{self.transpose if alone else braced(self.transpose)}"
        return f"{out}^{{{''.join(self.special(s) for s in rest)}}}"

    def special(self, sup: Sup) -> str:
        inner = "" if sup.tree is None else self.tree(sup.tree, tight=True)
        marks = {"transpose": self.transpose, "star": "*", "prime": r"\prime"}
        return {"paren": f"({inner})", "square": f"[{inner}]"}.get(sup.kind) or marks[sup.kind]

    def raised_text(self, out: str, sups: tuple[Sup, ...]) -> str:
        for sup in sups:
            inner = "" if sup.tree is None else self.tree(sup.tree, tight=True)
            if sup.kind == "bare" and sup.tree is not None:
                simple = re.fullmatch(r"\w+", inner) and isinstance(sup.tree, Symbol | Number)
                out += f"^{inner}" if simple else f"**({inner})"
            else:
                marks = {"transpose": self.transpose, "star": "^*", "prime": "'", "factorial": "!"}
                brackets = {"paren": f"^({inner})", "square": f"^[{inner}]"}
                out += brackets.get(sup.kind) or marks[sup.kind]
        return out

    # brackets and tables -------------------------------------------------------------------------
    def fenced(self, t: Fenced) -> str:
        items = [
            self.spread(item, f"{t.separator} ") if _cells(item) else self.tree(item)
            for item in t.items
        ]
        tall = self.latex and any(_TALL.search(item) for item in items)
        if t.kind == "at":
            return rf"\left. {items[0]} \right|"
        middle = t.separator in ("|", "‖") and t.kind != "list"
        if middle and self.latex and len(items) > 1:
            plain = len(items) == 2 and not tall
            bar = {"|": r" \mid ", "‖": r" \Vert "}[t.separator] if plain else r" \middle| "
            body, tall = bar.join(items), tall or not plain
        else:
            mark = f" {t.separator} " if t.separator in ("|", "‖") else f"{t.separator} "
            body = mark.join(items) + (t.separator if t.separator and len(items) == 1 else "")
        if t.kind == "list":
            return body
        opening, closing = (_LATEX_BRACKETS if self.latex else _TEXT_BRACKETS)[t.kind]
        if tall:
            return rf"\left{opening.strip()} {body} \right{closing.strip()}"
        return f"{opening}{body}{closing}"

    def matrix(self, rows: tuple[tuple[Tree, ...], ...]) -> str:
        lines = [" & ".join("" if empty(c) else self.tree(c) for c in row) for row in rows]
        # `\\ [` reads as the height of a row
        lines = [f"{{}}{line}" if line.startswith("[") else line for line in lines]
        return rf"\begin{{bmatrix}} {_ROW.join(lines)} \end{{bmatrix}}"

    def cases(self, rows: tuple[tuple[Tree, Tree | None], ...]) -> str:
        lines: list[str] = []
        for value, condition in rows:
            head = "" if empty(value) else self.tree(value)
            if condition is None:
                lines.append(rf"{head} & \text{{otherwise}}")
            elif isinstance(condition, Fenced) and condition.kind == "list":
                lines.append(f"{head} & {self.tree(condition)}")
            else:
                lines.append(rf"{head} & \text{{if }} {self.tree(condition)}")
        return rf"\begin{{cases}} {_ROW.join(lines)} \end{{cases}}"

    # derivatives and relations -------------------------------------------------------------------
    def derivative(self, t: Derivative) -> str:
        d = "d" if t.written == "d" else r"\partial" if self.latex else "∂"
        top = d if t.order == 1 else f"{d}^{self.inside(Number(t.span, str(t.order)))}"
        by = t.by
        if t.order > 1 and len(by) == 1:
            by = (raised(by[0], t.order),)
        if t.of is not None:
            top = beside(top, self.operand(t.of))
        below = " ".join(beside(d, self.operand(b)) for b in by)
        return rf"\frac{{{top}}}{{{below}}}" if self.latex else f"{top}/{below}"

    def operand(self, t: Tree) -> str:
        return self.tree(t) if isinstance(t, Product) and self.latex else self.factor(t, "", False)

    def relation(self, t: Relation, tight: bool) -> str:
        first = t.sides[0]
        out = "" if first is None else self.side(first, tight)
        for op, side in zip(t.operators, t.sides[1:], strict=True):
            sign = self.signs.get(op, op)
            spaced = sign if tight and not sign.startswith("\\") else f" {sign} "
            out += spaced + ("" if side is None else self.side(side, tight))
        return out.strip()

    def side(self, t: Tree, tight: bool) -> str:
        return braced(self.tree(t)) if isinstance(t, Relation) else self.tree(t, tight)


def _cells(t: Tree) -> bool:
    """Whether a tree stands for several cells of a table."""
    return isinstance(t, Big) and t.kind in (ROW, COLUMN)


def _stretch(t: Sum | Product, start: int, end: int) -> Tree:
    """Some neighbours of a sum or a product, as the note would have them."""
    parts = (t.terms if isinstance(t, Sum) else t.factors)[start:end]
    span = parts[0].span.to(parts[-1].span)
    if isinstance(t, Sum):
        return Sum(span, parts, ("+", *t.signs[start + 1 : end]))
    return Product(span, parts, t.operators[start : end - 1])
