r"""`\newcommand`, `\def`, `\DeclareMathOperator`: collected from a note, expanded in its formulas.

Expansion keeps, for every character, where it came from; what a macro wrote belongs to the whole
place where the macro was used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tokens import Trouble

DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|[gex]?def|DeclareMathOperator|DeclareRobustCommand)"
    r"(?![A-Za-z])\*?"
)
_NAME = re.compile(r"\s*(?:\{\s*(\\(?:[A-Za-z]+|.))\s*\}|(\\(?:[A-Za-z]+|.)))", re.DOTALL)
_USE = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_COUNT = re.compile(r"\s*\[\s*(\d)\s*\]")
_DEFAULT = re.compile(r"\s*\[([^\]\n]*)\]")
_PARAMETERS = re.compile(r"\s*((?:#\d)*)\s*")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_LIMIT = 100_000
_USES = 2_000
_BODY = 4_000  # a longer body is a brace that nobody closed


#: For every character, where what it came from starts and ends.
Origin = tuple[list[int], list[int]]


@dataclass(frozen=True, slots=True)
class Macro:
    body: str
    arguments: int = 0
    default: str | None = None


def closing(text: str, opening: int) -> int:
    """The offset behind the brace that closes the one at `opening`; -1 when nothing closes it."""
    depth = 0
    for m in _BRACES.finditer(text, opening, opening + _BODY):
        depth += {"{": 1, "}": -1}.get(m[0], 0)
        if not depth:
            return m.end()
    return -1


class Macros:
    """The macros known so far."""

    def __init__(self) -> None:
        self.known: dict[str, Macro] = {}

    def define(self, text: str, start: int) -> int:
        """Read the definition that starts at `start`; the offset behind it. Raises Trouble."""
        head = DEFINITION.match(text, start)
        assert head is not None
        name = _NAME.match(text, head.end())
        if not name:
            raise Trouble(
                "this definition has no name",
                start,
                head.end(),
                r"\newcommand{\R}{\mathbb{R}}",
                True,
            )
        at, count, default = name.end(), 0, None
        if "def" in head[0]:
            parameters = _PARAMETERS.match(text, at)
            assert parameters is not None
            count, at = len(parameters[1]) // 2, parameters.end()
        elif found := _COUNT.match(text, at):
            count, at = int(found[1]), found.end()
            if optional := _DEFAULT.match(text, at):
                default, at = optional[1], optional.end()
        while at < len(text) and text[at].isspace():
            at += 1
        end = closing(text, at) if text[at : at + 1] == "{" else -1
        if end < 0:
            raise Trouble(
                "this definition has no body in braces", start, head.end(), "add the braces", True
            )
        body = text[at + 1 : end - 1]
        if "Operator" in head[0]:
            body = rf"\operatorname{{{body}}}"
        self.known[(name[1] or name[2])[1:]] = Macro(body, count, default)
        return end

    def expand(self, text: str) -> tuple[str, Origin | None]:
        """The text with every macro replaced, and where each character stood (None: unchanged).

        Raises Trouble when a macro calls itself or lacks an argument.
        """
        if not self.known or not any(m[1] in self.known for m in _USE.finditer(text)):
            return text, None
        starts = list(range(len(text) + 1))
        ends = list(range(1, len(text) + 2))
        at = uses = 0
        while m := _USE.search(text, at):
            macro = self.known.get(m[1])
            if macro is None:
                at = m.end()
                continue
            place = starts[m.start()]
            uses += 1
            if uses > _USES or len(text) > _LIMIT:
                raise Trouble(
                    f"the macro `\\{m[1]}` calls itself, or grows without end",
                    place,
                    place + len(m[0]),
                    "define it by something simpler",
                    broken=True,
                )
            end, arguments = self._arguments(text, m.end(), macro, place, m[0])
            body, kept = _fill(macro.body, arguments)
            used = slice(m.start(), end)
            stop = ends[end - 1]
            starts[used] = [place if i < 0 else starts[i] for i in kept]
            ends[used] = [stop if i < 0 else ends[i] for i in kept]
            text = text[: m.start()] + body + text[end:]
            at = m.start()
        return text, (starts, ends)

    def _arguments(
        self, text: str, at: int, macro: Macro, place: int, name: str
    ) -> tuple[int, list[tuple[str, int]]]:
        """The arguments behind a use, each with its offset in the text (-1 for a default)."""
        arguments: list[tuple[str, int]] = []
        if macro.default is not None:
            optional = _DEFAULT.match(text, at)
            if optional:
                arguments.append((optional[1], optional.start(1)))
                at = optional.end()
            else:
                arguments.append((macro.default, -1))
        while len(arguments) < macro.arguments:
            while at < len(text) and text[at].isspace():
                at += 1
            if text[at : at + 1] == "{":
                end = closing(text, at)
                if end < 0:
                    break
                arguments.append((text[at + 1 : end - 1], at + 1))
            else:
                use = _USE.match(text, at)
                end = use.end() if use else at + 1
                if at >= len(text):
                    break
                arguments.append((text[at:end], at))
            at = end
        if len(arguments) < macro.arguments:
            raise Trouble(
                f"`{name}` needs {macro.arguments} arguments",
                place,
                place + len(name),
                "add them in braces",
                True,
            )
        return at, arguments


def _fill(body: str, arguments: list[tuple[str, int]]) -> tuple[str, list[int]]:
    """The body with its arguments, and the offset of each character of an argument (else -1)."""
    out: list[str] = []
    kept: list[int] = []
    for piece in re.split(r"(#\d)", body):
        if len(piece) == 2 and piece[0] == "#" and 0 < int(piece[1]) <= len(arguments):
            text, start = arguments[int(piece[1]) - 1]
            out.append(text)
            kept += [-1] * len(text) if start < 0 else range(start, start + len(text))
        else:
            out.append(piece)
            kept += [-1] * len(piece)
    if re.search(
        r"\\[A-Za-z]+$", body
    ):  # `\a b` with `\a` = `\alpha`: the letters must not run together
        out.append(" ")
        kept.append(-1)
    return "".join(out), kept
