"""A second opinion on brackets: printed formulas, read back by the plainest rules and worked out.

Values are integers modulo a prime, matrices arrays of them. Functions are scrambled powers, so that
no two different formulas agree by accident, nothing overflows and every logarithm exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import reject

from backproof.expr.node import Expr, walk
from backproof.expr.shape import SCALAR

P = 2**61 - 1
Value = Any  # an integer, or a two-dimensional array of integers as objects


def mod(x: Value) -> Value:
    return x % P


def scramble(name: str, *args: Value) -> Value:
    """A function that nobody knows: different for each name, entry by entry."""
    seed = int.from_bytes(name.encode(), "big") % P
    mixed = seed
    for i, x in enumerate(args):
        mixed = mixed * (i + 5) + x * x * (seed + i) + x
    return mod(mixed)


def inverse(x: Value) -> Value:
    if is_matrix(x):
        return np.vectorize(lambda v: pow(int(v), -1, P), otypes=[object])(x)
    return pow(x, -1, P)


def is_matrix(x: Value) -> bool:
    return isinstance(x, np.ndarray)


def exact(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, P) % P


def beside(a: Value, b: Value) -> Value:
    """A product without a mark: of matrices, or of a number and anything."""
    return mod(a @ b) if is_matrix(a) and is_matrix(b) else mod(a * b)


def meaning(expr: Expr, values: dict[Expr, Value]) -> Value:
    """What an expression is worth, from its structure alone."""
    memo: dict[Expr, Value] = dict(values)
    for e in walk([expr], lambda e: e in values):
        try:
            memo[e] = values[e] if e in values else _apply(e, [memo[a] for a in e.args])
        except ValueError:  # a division by zero
            reject()
    return memo[expr]


def _apply(e: Expr, args: list[Value]) -> Value:
    match e.op, args:
        case "number", _:
            return exact(e.attr)
        case "add", [a, b]:
            return mod(a + b)
        case "sub", [a, b]:
            return mod(a - b)
        case "neg", [a]:
            return mod(-a)
        case "mul", [a, b]:
            return mod(a * b)
        case "div", [a, b]:
            return mod(a * inverse(b))
        case "matmul", [a, b]:
            return mod(a @ b)
        case "transpose", [a]:
            return a.T
        case "broadcast", [a]:
            return a if e.args[0].shape == SCALAR else np.broadcast_to(a, _size(e.shape))
        case "sqrt", [a]:
            return scramble("pow", a, exact(Fraction(1, 2)))
        case op, _:
            return scramble(op, *args)


def _size(shape: tuple[Any, Any]) -> tuple[int, int]:
    sizes = {"n": 2, "m": 3}
    rows, columns = (sizes.get(d, d) for d in shape)
    return rows, columns


_LATEX = re.compile(
    r"(?P<space>\s+|\\left(?=\(|\\l)|\\right(?=\)|\\r)|\\,)|(?P<number>\d+(?:\.\d+)?)|(?P<euler>e(?=\^))"
    r"|(?P<word>\\operatorname\{\w+\}|\\sum_\{s=1\}\^\{m\}|\\frac\{\\partial\}\{\\partial x\}"
    r"|\\[A-Za-z]+)"
    r"|(?P<mark>.)"
)
_TEXT = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?(?:e-\d+)?)|(?P<raised>⁻?[²³¹])|(?P<euler>e(?=\^))"
    r"|(?P<word>Σₛ|∂/∂x|[A-Za-zσ]+\d*)|(?P<mark>.)"
)
_RAISED = str.maketrans("⁻¹²³", "-123")
#: What a word of either notation stands for.
_OPS = {
    r"\sigma": "sigmoid", "σ": "sigmoid", r"\operatorname{ReLU}": "relu", "ReLU": "relu",
    r"\sum_{s=1}^{m}": "index_sum", "Σₛ": "index_sum",
    r"\frac{\partial}{\partial x}": "derivative", "∂/∂x": "derivative",
}  # fmt: skip


class Reader:
    """Recursive descent over a printed formula; strict where a reader would have to guess."""

    def __init__(self, formula: str, names: dict[str, Value], latex: bool) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.names = names
        self.at = 0
        self.bars = False  # inside |x|
        longest = sorted(names, key=len, reverse=True)
        i = 0
        while i < len(formula):
            name = next((n for n in longest if formula.startswith(n, i)), "")
            if name:
                self.tokens.append(("name", name))
                i += len(name)
                continue
            match = (_LATEX if latex else _TEXT).match(formula, i)
            assert match
            assert match.lastgroup
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match[0]))
            i = match.end()

    def value(self) -> Value:
        out = self.sum()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return out

    def peek(self, *texts: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1] in texts

    def take(self, *texts: str) -> bool:
        found = self.peek(*texts)
        self.at += found
        return found

    def need(self, text: str) -> None:
        assert self.take(text), (text, self.tokens[self.at :])

    def sum(self) -> Value:
        out = self.signed()
        while self.at < len(self.tokens):
            if self.take("+"):
                out = mod(out + self.entrywise())
            elif self.take("-", "−"):
                out = mod(out - self.entrywise())
            else:
                break
        return out

    def signed(self) -> Value:
        return mod(-self.entrywise()) if self.take("-", "−") else self.entrywise()

    def entrywise(self) -> Value:
        out = self.product()
        while self.take("⊙", r"\odot"):
            out = mod(out * self.product())
        return out

    def product(self) -> Value:
        out = self.factor()
        while self.at < len(self.tokens):
            if self.take("/"):
                out = mod(out * inverse(self.factor()))
            elif self.take("·", r"\cdot"):
                out = mod(out * self.factor())
            elif self.starts():
                out = beside(out, self.factor())
            else:
                break
        return out

    def starts(self) -> bool:
        kind, text = self.tokens[self.at]
        return (
            kind in ("name", "euler")
            or (text in ("(", "√") or (text == "|" and not self.bars))
            or (kind == "word" and text not in (r"\odot", r"\cdot", r"\rvert"))
        )  # a number never follows another factor without a dot

    def factor(self) -> Value:
        kind, text = self.tokens[self.at]
        if kind == "word" and text not in (r"\frac", r"\sqrt", r"\lvert"):
            self.at += 1
            return self.call(_OPS.get(text, text.removeprefix("\\")))
        if self.take("√"):
            return self.power(self.argument(), exact(Fraction(1, 2)))
        return self.scripts()

    def call(self, op: str) -> Value:
        x: tuple[Value, ...] = ()
        if op == "derivative":
            x = (self.names["x"],)
        if op == "index_sum":
            return scramble(op, self.product())
        if self.peek("("):
            self.need("(")
            args = [self.sum()]
            while self.take(","):
                args.append(self.sum())
            self.need(")")
            assert not self.scripted(), "a power after f(x)"
            return scramble(op, *args, *x)
        assert op in ("log", "derivative"), f"{op} needs brackets"
        return scramble(op, self.factor() if op == "derivative" else self.argument(), *x)

    def argument(self) -> Value:
        """What may follow a function without brackets: one thing, without a power."""
        kind, text = self.tokens[self.at]
        if kind == "word" and text not in (r"\frac", r"\sqrt", r"\lvert"):
            self.at += 1
            assert self.peek("("), "log log x"
            return self.call(_OPS.get(text, text.removeprefix("\\")))
        out = self.atom()
        assert not self.scripted(), "a power after log x"
        return out

    def scripted(self) -> bool:
        return self.peek("^", "ᵀ") or (
            self.at < len(self.tokens) and self.tokens[self.at][0] == "raised"
        )

    def scripts(self) -> Value:
        if self.tokens[self.at][0] == "euler":
            self.at += 1
            self.need("^")
            return scramble("exp", self.exponent())
        out = self.atom()
        if self.take("ᵀ"):
            out = out.T
        elif self.at < len(self.tokens) and self.tokens[self.at][0] == "raised":
            out = self.power(out, mod(int(self.tokens[self.at][1].translate(_RAISED))))
            self.at += 1
        elif self.take("^"):
            if self.tokens[self.at + 1 : self.at + 2] == [("word", r"\top")]:
                self.at += 3
                out = out.T
            else:
                out = self.power(out, self.exponent())
        assert not self.scripted(), "two superscripts"
        return out

    def exponent(self) -> Value:
        if self.peek("{"):
            return self.group("{", "}")
        kind, text = self.tokens[self.at]
        assert kind in ("name", "number") or text == "("
        return self.atom()

    def power(self, base: Value, exponent: Value) -> Value:
        return scramble("pow", base, exponent)

    def group(self, start: str, end: str) -> Value:
        self.need(start)
        out = self.sum()
        self.need(end)
        return out

    def atom(self) -> Value:
        kind, text = self.tokens[self.at]
        brackets: dict[str, tuple[str, Callable[[Value], Value]]] = {
            "(": (")", lambda x: x),
            "|": ("|", lambda x: scramble("abs", x)),
            r"\lvert": (r"\rvert", lambda x: scramble("abs", x)),
        }
        if text in brackets:
            end, apply = brackets[text]
            bars, self.bars = self.bars, text == "|"
            out = apply(self.group(text, end))
            self.bars = bars
            return out
        self.at += 1
        if kind == "name":
            return self.names[text]
        if kind == "number":
            return exact(Fraction(text))
        if text == r"\frac":
            top = self.group("{", "}")
            return mod(top * inverse(self.group("{", "}")))
        if text == r"\sqrt":
            return self.power(self.group("{", "}"), exact(Fraction(1, 2)))
        raise AssertionError(f"{text!r} in {self.tokens}")
