"""C programs: the derivation's numbers, in strict C99, with buffers that share room."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.code import compile, emit, native
from backproof.code.c99 import macros, source, workspace
from backproof.code.c99_words import FORMS
from backproof.code.loops import LINES, SUMS, TOPS, Cut, cut, outer
from backproof.code.plan import plan
from backproof.code.program import FREE, Program
from backproof.errors import BackproofError
from backproof.expr.build import add, let, mul, name, neg, number, total, unary
from backproof.expr.model import Equation, Model, Role
from backproof.expr.node import Expr, walk
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate
from backproof.notation import parse, read

from ..calculus.networks import Network, networks
from . import everything
from .points import as_precision, parted, point, truth

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow", "-O1")
PRECISIONS = ((np.float64, 1e-12), (np.float32, 2e-5))
# What loops do by their indices, and what every language writes without a form of its own.
UNDERSTOOD = set("name number constant size identity transpose broadcast block entry".split())
UNDERSTOOD |= set("add sub mul div neg where matmul let call sized".split())
OPEN = {"index_sum", "kronecker", "derivative", "gradient", "path"}

_derived: dict[str, Derivation] = {}


def derived(note: str) -> Derivation:
    if note not in _derived:
        _derived[note] = derive(read(EXAMPLES / note))
    return _derived[note]


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is compiled here has no warnings."""
    monkeypatch.setattr(native, "FLAGS", (*STRICT, "-shared", "-fPIC"))


def agree(program: Any, derivation: Derivation, values: dict[str, Any]) -> None:
    """The numbers of the program are those of the reference evaluator, in both precisions."""
    loss, gradients = truth(derivation, values)
    for dtype, tolerance in PRECISIONS:
        ours, theirs = program(*parted(derivation, as_precision(values, dtype)))
        assert float(ours) == pytest.approx(loss, rel=tolerance, abs=tolerance)
        assert set(theirs) == set(gradients)
        for plain, expected in gradients.items():
            found = np.asarray(theirs[plain])
            scale = max(1.0, float(np.abs(expected).max()))
            assert found.shape == np.shape(values[plain])
            assert np.abs(found - expected).max() <= tolerance * scale, plain
            assert found.ndim == 0 or found.dtype == dtype


@pytest.mark.parametrize("note", NOTES)
def test_every_example_is_strict_c_with_the_numbers_of_its_derivation(note: str) -> None:
    program = compile(derived(note), "c")
    assert all(len(line) <= 100 for line in program.source.splitlines())
    agree(program, derived(note), point(derived(note).model, seed=3))


def test_every_operation_that_has_a_value_has_the_right_one() -> None:
    derivation = derive(everything.model())
    program = compile(derivation, "c")
    met = {e.op for i in program.instructions for e in walk([i.value])}
    assert met >= set(OPS) - OPEN - {"let", "call", "sized", "entry"}
    agree(program, derivation, everything.values())


def test_every_operation_has_a_form() -> None:
    assert set(OPS) - OPEN == set(FORMS) | UNDERSTOOD | SUMS | TOPS | LINES | {"stack"}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(networks())
def test_a_random_network_as_c_has_the_numbers_of_its_derivation(network: Network) -> None:
    derivation = derive(network.model, network.wrt)
    program = compile(derivation, "c")
    values = {
        e.attr.plain: np.atleast_2d(v) if e.shape != SCALAR else float(np.ravel(v)[0])
        for e, v in network.values.items()
    }
    loss, gradients = program(values, values)
    expected, others = truth(derivation, values)
    assert float(loss) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for plain, theirs in others.items():
        ours = np.asarray(gradients[plain]).reshape(theirs.shape)
        assert np.abs(ours - theirs).max() <= 1e-8 * max(1.0, float(np.abs(theirs).max()))


# -- what is carried out, and where it is kept -------------------------------------------------


def cuts(program: Program) -> list[Cut]:
    parts = (f"part{n}" for n in range(1, 10**6))
    return [cut(program, i, lambda: next(parts)) for i in program.instructions]


def inside(program: Program, made: Cut, value: Expr, core: Expr) -> Iterator[Expr]:
    """What the nest of one piece works out itself."""

    def given_(e: Expr) -> bool:
        return e in program.names or e in made.places

    yield from (
        e
        for e in walk([value], lambda e: given_(e) and e is not value and e is not core)
        if e is value or e is core or not given_(e)
    )


def check_operations(program: Program) -> None:
    done: list[Expr] = []
    for made in cuts(program):
        for piece in made.pieces:
            here = list(inside(program, made, piece.value, piece.core))
            done += [e for e in here if e.op not in FREE]
            for e in here:
                # Under an index that stands still, nothing is worked out again and again.
                if e.op == "broadcast" or outer(e):
                    known = {*program.names, *made.places}
                    smaller = [a for a in e.args if a.shape != e.shape]
                    below = [x for x in walk(smaller, known.__contains__) if x not in known]
                    assert all(x.op in FREE or is_number(x) or x.op == "block" for x in below)
    assert len(done) == len(set(done))
    assert set(done) == set(program.operations())


def is_number(e: Expr) -> bool:
    return all(x.op in ("number", "constant", "neg", "add", "sub", "mul", "div") for x in walk([e]))


def check_slots(program: Program) -> None:
    """In the text, a buffer is read for the last time before another one in its slot is written."""
    text = re.sub(r"/\*.*?\*/", "", source(program), flags=re.DOTALL)
    lines = text[text.index("\nreal loss_and_gradients(", text.index("sgd_step")) :].splitlines()
    uses: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        if "work->" not in line:
            for word in set(re.findall(r"(?<![>\w])[A-Za-z_]\w*", line)):
                uses.setdefault(word, []).append(place)
    kept = [name for slot in workspace(program) for name in slot.names]
    assert len(kept) == len(set(kept))
    for i in program.instructions:
        elsewhere = i.shape == SCALAR or i.name in program.gradients.values()
        assert (i.name in kept) != elsewhere
    for slot in workspace(program):
        spans = sorted((uses[name][0], uses[name][-1]) for name in slot.names)
        for (_, end), (start, _) in pairwise(spans):
            assert end < start, slot.names


@pytest.mark.parametrize("note", NOTES)
def test_the_nests_of_an_example_carry_out_its_operations_once(note: str) -> None:
    check_operations(plan(derived(note)))
    check_slots(plan(derived(note)))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(networks())
def test_the_nests_of_a_random_network_carry_out_its_operations_once(network: Network) -> None:
    program = plan(derive(network.model, network.wrt))
    check_operations(program)
    check_slots(program)


def test_the_room_of_a_deep_network_is_that_of_what_the_backward_pass_needs() -> None:
    layers = "; ".join(f"a_{n} = tanh(W_{n} a_{n - 1} + b_{n})" for n in range(1, 9))
    shapes = ", ".join(f"W_{n} in R^(n times n), b_{n} in R^n" for n in range(1, 9))
    model = parse(f"{layers}; L = ||a_8 - y||^2; {shapes}, a_0 in R^n, y in R^n")
    program = plan(derive(model))
    buffers = [i for i in program.instructions if i.shape != SCALAR]
    assert len(workspace(program)) < len(buffers) / 2


# -- the file ----------------------------------------------------------------------------------


def test_elementwise_parts_are_one_loop_and_turned_matrices_are_indices() -> None:
    text = emit(derived("two_layer_en.md"), "c")
    body = text[text.index("\n{\n    const real (*const W1)") :]
    for line in (
        "delta1[i][j] = W2[i] * delta2[j] * a1[i][j] * sigmoid(-z1[i][j]);",
        "sum += delta1[i][k] * X[j][k];",
        "z1[i][j] = b1[i];",
        "z1[i][j] += W1[i][k] * X[k][j];",
        "L += relu(z2[j]) - y[j] * z2[j] + softplus(-real_fabs(z2[j]));",
    ):
        assert body.count(line) == 1, line
    for word in ("malloc", "free(", "static real loss", "part"):
        assert word not in body


def test_one_step_goes_against_the_gradient(tmp_path: Path) -> None:
    derivation = derived("two_layer_en.md")
    source, library = tmp_path / "model.c", tmp_path / "model.so"
    source.write_text(emit(derivation, "c"), encoding="utf-8")
    sizes = [f"-D{m}=3" for m in macros(plan(derivation)).values()]
    command = ["cc", *STRICT, *sizes, "-DREAL_IS_DOUBLE", "-shared", "-fPIC"]
    subprocess.run([*command, "-o", library, source, "-lm"], check=True)
    step = ctypes.CDLL(str(library)).sgd_step
    step.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double]
    random = np.random.default_rng(0)
    parameters, gradients = random.normal(size=(2, 3 * 3 + 3 + 3 + 1))
    expected = parameters - 0.25 * gradients
    step(parameters.ctypes.data, gradients.ctypes.data, 0.25)
    assert np.array_equal(parameters, expected)


TRAINING = r"""
#include <stdio.h>
#include "model.c"

static struct workspace work;

int main(void)
{
    struct parameters parameters = {
        .W1 = {{1, -1}, {-1, 1}, {1, 1}, {(real)0.5, -1}}, .W2 = {1, 1, -1, (real)0.5}};
    const struct batch xor_table = {.X = {{0, 0, 1, 1}, {0, 1, 0, 1}}, .y = {0, 1, 1, 0}};
    struct gradients gradients;
    for (int i = 0; i < 2000; i++) {
        const real loss = loss_and_gradients(&parameters, &xor_table, &gradients, &work);
        sgd_step(&parameters, &gradients, 1);
        if (i % 400 == 0 || i == 1999) {
            printf("%.9g\n", (double)loss);
        }
    }
    return 0;
}
"""


@pytest.mark.parametrize("precision", [[], ["-DREAL_IS_DOUBLE"]], ids=["float", "double"])
def test_a_program_without_python_learns_exclusive_or(tmp_path: Path, precision: list[str]) -> None:
    (tmp_path / "model.c").write_text(emit(derived("two_layer_en.md"), "c"), encoding="utf-8")
    (tmp_path / "main.c").write_text(TRAINING, encoding="utf-8")
    sizes = ["-DDIM_N0=2", "-DDIM_N1=4", "-DDIM_M=4", *precision]
    program = tmp_path / "main"
    subprocess.run(["cc", *STRICT, *sizes, "-o", program, tmp_path / "main.c", "-lm"], check=True)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    losses = [float(line) for line in done.stdout.split()]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > 0.5
    assert losses[-1] < 0.02


def test_sizes_of_the_file_itself_compile_without_any_option(tmp_path: Path) -> None:
    for note in ("attention.md", "lstm.md"):
        source = tmp_path / "model.c"
        source.write_text(emit(derived(note), "c"), encoding="utf-8")
        subprocess.run(["cc", *STRICT, "-c", "-o", tmp_path / "model.o", source], check=True)


@pytest.mark.parametrize(
    ("note", "last"), [("two_layer_en.md", "W2"), ("deep_relu_softmax.md", "W4")]
)
def test_logits_of_ten_thousand_overflow_nowhere_in_float32(note: str, last: str) -> None:
    derivation = derived(note)
    program = compile(derivation, "c")
    values = as_precision(point(derivation.model), np.float32)
    for sign in (1e4, -1e4, 1e6):
        pushed = {**values, last: np.sign(values[last]) * np.float32(sign)}
        loss, gradients = program(*parted(derivation, pushed))
        assert np.isfinite(float(loss))
        assert all(np.isfinite(np.asarray(g)).all() for g in gradients.values())


# Operations, and how many units in the last place they may be off. The difference of two entries is
# rounded before softmax takes its exponential, which multiplies that error by up to 88.
STABLE = {"sigmoid": 4, "softplus": 4, "log1mexp": 4, "logsumexp": 4}
STABLE |= {"softmax": 64, "log_softmax": 64}


@pytest.mark.parametrize("target", ["c", "numba"])
def test_stable_forms_keep_their_digits_in_float32(target: Literal["c", "numba"]) -> None:
    size = np.geomspace(1e-6, 1e4, 201)
    grid = np.concatenate([-size[::-1], size]).astype(np.float32)[None, :]
    x = name("x", (2, "m"))
    roles: dict[Expr, Role] = {x: "input"}
    loss: Expr = number(0)
    exact: dict[str, Any] = {}
    for op in STABLE:
        z = neg(unary("abs", x)) if op == "log1mexp" else x
        f = unary(op, z) if OPS[op].kind == "elementwise" else make(op, (z,), "rows")
        c = name(f"c_{op}", f.shape)
        roles[c] = "parameter"
        exact[c.attr.plain] = f
        loss = add(loss, total(mul(c, f)))
    whole = let("L", loss)
    roles[whole] = "loss"
    derivation = derive(Model((Equation(whole, ""),), whole, roles, samples="m"))
    program = compile(derivation, target)
    values: dict[str, Any] = {"x": np.concatenate([grid, grid[:, ::-1] / 3])}
    for plain, e in program.parameters.items():
        values[plain] = np.ones((1 if e.shape[0] == 1 else 2, grid.size), np.float32)
    _, gradients = program(values, values)
    for plain, f in exact.items():
        found = gradients[plain]
        wanted = np.array(evaluate(f, {"x": values["x"].tolist()}, digits=50), dtype=float)
        # The smallest normal number of float32 is 1.2e-38; below it digits run out.
        unit = np.spacing(np.maximum(np.abs(wanted), 1.2e-38).astype(np.float32))
        worst = float((np.abs(found - wanted) / unit).max())
        assert worst <= STABLE[plain.removeprefix("c_")], f"{plain}: {worst} units off"


def test_a_note_may_use_the_words_of_c() -> None:
    model = parse("int = 3 w; real = int * x - double; sum = real^2 + work^2; L = sum + DIM_N * w")
    program = compile(derive(model), "c")
    values = dict.fromkeys((*program.parameters, *program.data), 2.0)
    loss, gradients = program(values, values)
    assert np.isfinite(loss)
    assert set(gradients) == set(program.parameters)


def test_a_machine_without_a_compiler_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(BackproofError, match="no C compiler was found") as raised:
        compile(derived("two_layer_en.md"), "c")
    assert "gcc" in raised.value.hint
    assert re.search(r"loss_and_gradients\(", emit(derived("two_layer_en.md"), "c"))


def test_a_compiler_that_fails_is_named_with_what_it_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no such luck >&2\nexit 1\n", encoding="utf-8")
    os.chmod(broken, 0o755)
    monkeypatch.setenv("CC", str(broken))
    program = compile(derived("two_layer_en.md"), "c")
    values = point(program.derivation.model)
    with pytest.raises(BackproofError, match="broken failed: no such luck"):
        program(values, values)
