"""Programs as C99: one file without heap, globals or recursion, for any compiler."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from ..expr.shape import SCALAR, Dim, dim_letters
from .c99_words import HELPERS, MATHS, WIDTH, C, comment
from .identifiers import Identifiers
from .module import network, shape_words, title
from .nests import Nests
from .program import Program
from .slots import Slot, sides, slots

Member = tuple[str, tuple[Dim, ...], str]  # name, sides, words about it


def macros(program: Program) -> dict[str, str]:
    """The macro of each letter of a dimension, in the order in which the leaves show them."""
    shapes = [e.shape for e in (*program.parameters.values(), *program.data.values())]
    letters = dict.fromkeys(x for shape in shapes for dim in shape for x in dim_letters(dim))
    ids, out = Identifiers(), dict[str, str]()
    for name in program.names.values():
        ids.take(name)
    for letter in letters:
        upper = f"DIM_{letter.upper()}"
        out[letter] = ids.take(upper if upper not in out.values() else f"DIM_{letter}")
    return out


def source(program: Program) -> str:
    """The text of a C99 file with `loss_and_gradients` and `sgd_step`."""
    return _File(program).text()


def workspace(program: Program) -> list[Slot]:
    """The places of the buffers, in the order of `struct workspace`."""
    return _File(program).slots


class _File:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.macros = macros(program)
        self.c = C(self.macros)
        nests = Nests(program, self.c)
        self.cuts = [nests.cut(i) for i in program.instructions]
        self.members = self._members()
        # The first gradient that a buffer stands for is its home.
        self.homes: dict[str, str] = {}
        for plain, name in program.gradients.items():
            self.homes.setdefault(name, plain)
        self.slots = slots(program, self.cuts, self.homes)
        self.nests = nests

    def _members(self) -> dict[str, str]:
        """For each gradient its name in the structure: that of what it is by."""
        program, ids = self.program, Identifiers()
        return {
            plain: program.names[program.parameters[plain]]
            if plain in program.parameters
            else ids.take(plain)
            for plain in program.gradients
        }

    def text(self) -> str:
        function = "\n".join(self._function())
        code = _without_comments(function)
        used = [f for f in HELPERS if re.search(rf"(?<!\w){f}\(", code)]
        helpers = "\n".join(HELPERS[f] for f in used)
        called = [f for f in MATHS if f"real_{f}(" in code + helpers]
        parts = [
            "\n".join(self._head()),
            "\n".join(_precision(called)),
            "\n".join(self._sizes()),
            "\n".join(self._structures()),
            _PROTOTYPES,
            helpers.rstrip(),
            function,
            "\n".join(self._step()),
        ]
        return "\n\n".join(p for p in parts if p) + "\n"

    # -- parts of the file -----------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        sizes = "".join(f" -D{m}=..." for m in list(self.macros.values())[:2])
        lines = [
            *title(self.program),
            "",
            *network(self.program),
            "",
            "Matrices lie in memory row by row. To compile, with sizes other than those below:",
            "",
            f"    cc -std=c99 -O2{sizes} -c FILE.c",
            "",
            "-DREAL_IS_DOUBLE makes all numbers double; the program that uses it links with -lm.",
            "To call:",
            "",
            "    static struct workspace work;  /" + "/ too large for many a stack",
            "    real loss = loss_and_gradients(&parameters, &batch, &gradients, &work);",
            "    sgd_step(&parameters, &gradients, rate);",
        ]
        yield "/*"
        for line in lines:
            own = line[: len(line) - len(line.lstrip())]
            words = line.strip().replace("*/", "* /").replace("/*", "/ *")
            yield from textwrap.wrap(
                words,
                WIDTH,
                initial_indent=f" * {own}",
                subsequent_indent=f" * {own}    ",
                break_long_words=False,
                break_on_hyphens=False,
                replace_whitespace=False,
            ) or [" *"]
        yield " */"

    def _sizes(self) -> Iterator[str]:
        samples = self.program.derivation.model.samples
        for letter, macro in self.macros.items():
            yield from [f"#ifndef {macro}", f"#define {macro} {32 if letter == samples else 8}"]
            yield "#endif"

    def _structures(self) -> Iterator[str]:
        program, roles = self.program, self.program.derivation.model.roles
        yield from self._structure(
            "parameters",
            [
                (program.names[e], sides(e.shape), shape_words(e))
                for e in program.parameters.values()
            ],
        )
        yield ""
        yield from self._structure(
            "batch",
            [
                (program.names[e], sides(e.shape), f"{roles.get(e, 'input')}, {shape_words(e)}")
                for e in program.data.values()
            ],
        )
        yield ""
        wanted = zip(program.derivation.wanted, program.gradients, strict=True)
        yield from self._structure(
            "gradients",
            [(self.members[plain], sides(e.shape), "") for e, plain in wanted],
        )
        yield ""
        yield from self._structure(
            "workspace",
            [
                (self._slot(s), s.sides, ", then ".join(s.names) if len(s.names) > 1 else "")
                for s in self.slots
            ],
        )

    def _structure(self, name: str, members: Iterable[Member]) -> Iterator[str]:
        yield f"struct {name} {{"
        empty = True
        for member, dims, words in members:
            empty = False
            line = f"    real {member}{self._brackets(dims)};"
            one = f"{line}  /* {words} */" if words else line
            if len(one) <= WIDTH:
                yield one
            else:
                yield from comment(words, "    ")
                yield line
        if empty:
            yield "    real unused;"
        yield "};"

    def _brackets(self, dims: Iterable[Dim]) -> str:
        return "".join(f"[{self.c.count(d)}]" for d in dims)

    def _slot(self, slot: Slot) -> str:
        if len(slot.names) == 1:
            return slot.names[0]
        shared = [s for s in self.slots if len(s.names) > 1]
        return f"slot{shared.index(slot) + 1}"

    # -- functions -------------------------------------------------------------------------

    def _function(self) -> Iterator[str]:
        program, c = self.program, self.c
        phase = ""
        for instruction, cut in zip(program.instructions, self.cuts, strict=True):
            if instruction.phase != phase:
                phase = instruction.phase
                c.lines += ["", f"    /* --- {phase} --- */"]
            self.nests.write(instruction, cut)
        self._results()
        yield from _HEAD
        aliases = list(self._aliases(_without_comments("\n".join(c.lines))))
        for struct in ("parameters", "batch", "gradients", "work"):
            if not any(f"{struct}->" in line for line in [*aliases, *c.lines]):
                yield f"    (void){struct};"
        yield from aliases
        yield from c.lines
        yield from ["", f"    return {program.loss};", "}"]

    def _results(self) -> None:
        """Gradients that are single numbers, and those that are the same as another."""
        program, c = self.program, self.c
        for e, (plain, name) in zip(
            program.derivation.wanted, program.gradients.items(), strict=True
        ):
            target = f"gradients->{self.members[plain]}"
            if e.shape == SCALAR:
                c.put(target, name)
            elif self.homes[name] != plain:
                self.nests.copy(target, name, e.shape)

    def _aliases(self, body: str) -> Iterator[str]:
        """The names of the note for what stands in the structures."""
        program = self.program
        for struct, leaves in (("parameters", program.parameters), ("batch", program.data)):
            for e in leaves.values():
                name = program.names[e]
                if re.search(rf"(?<![\w>]){name}(?!\w)", body):
                    yield self._alias(name, sides(e.shape), f"{struct}->{name}", "const ")
        for e, (plain, name) in zip(
            program.derivation.wanted, program.gradients.items(), strict=True
        ):
            if e.shape != SCALAR and self.homes[name] == plain:
                yield self._alias(name, sides(e.shape), f"gradients->{self.members[plain]}")
        for slot in self.slots:
            for name in slot.names:
                yield self._alias(name, slot.sides, f"work->{self._slot(slot)}")

    def _alias(self, name: str, dims: tuple[Dim, ...], home: str, const: str = "") -> str:
        if not dims:
            return f"    const real {name} = {home};"
        pointer = f"(*const {name})" if len(dims) > 1 else f"*const {name}"
        return f"    {const}real {pointer}{self._brackets(dims[1:])} = {home};"

    def _step(self) -> Iterator[str]:
        program, step = self.program, C(self.macros)
        nests = Nests(program, step)
        for plain, e in program.parameters.items():
            target = f"parameters->{program.names[e]}"
            nests.copy(target, f"rate * gradients->{self.members[plain]}", e.shape, "-=")
        yield from _STEP
        if not program.parameters:
            yield from ["    (void)parameters;", "    (void)gradients;", "    (void)rate;"]
        yield from step.lines
        yield "}"


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def _precision(called: Iterable[str]) -> Iterator[str]:
    called = list(called)
    if called:
        yield from ["#include <math.h>", ""]
    yield "#ifdef REAL_IS_DOUBLE"
    yield "typedef double real;"
    yield from (_macro(f, "") for f in called)
    yield "#else"
    yield "typedef float real;"
    yield from (_macro(f, "f") for f in called)
    yield "#endif"


def _macro(function: str, suffix: str) -> str:
    arguments = "x, y" if function == "pow" else "x"
    return f"#define real_{function}({arguments}) {function}{suffix}({arguments})"


_HEAD = (
    "real loss_and_gradients(const struct parameters *parameters, const struct batch *batch,",
    "                        struct gradients *gradients, struct workspace *work)",
    "{",
)
_STEP = (
    "void sgd_step(struct parameters *parameters, const struct gradients *gradients, real rate)",
    "{",
)
_PROTOTYPES = """\
/* The loss of a batch, and its gradient by each parameter. */
real loss_and_gradients(const struct parameters *parameters, const struct batch *batch,
                        struct gradients *gradients, struct workspace *work);

/* One step against the gradient: parameters - rate * gradients. */
void sgd_step(struct parameters *parameters, const struct gradients *gradients, real rate);"""
