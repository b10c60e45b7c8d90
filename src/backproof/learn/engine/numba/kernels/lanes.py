# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""Tiny networks: 32 samples side by side, one after the other in memory, for each unit.

Products of such small matrices are not worth a call of BLAS, and rows of 8 units leave vector
units idle.
"""

import numpy as np
from llvmlite import ir
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic

from backproof.learn.engine.numba.kernels.elementwise import (  # pyright: ignore[reportMissingImports]
    activate,
    derive,
    finish,
)
from backproof.learn.engine.numba.kernels.fields import (
    ACTIVATION,
    BATCH_S,
    BATCH_X,
    BATCH_Y,
    DATA_S,
    DATA_X,
    DATA_Y,
    DECAY,
    FIRST,
    HEAD,
    IN,
    LAYER,
    LAYERS,
    LOGS,
    ONES,
    ORDER,
    OUT,
    OUTPUT,
    ROWWISE,
    SAMPLES,
    SCRATCH,
    SECOND,
    SHUFFLED,
    SOLVER,
    THETA,
    WEIGHTED,
    ZEROS,
    A,
    B,
    D,
    W,
    Z,
)
from backproof.learn.engine.numba.kernels.native import SIZE, F, ahead, carray, pointer, row
from backproof.learn.engine.numba.kernels.update import squares, update

LANES = 32
REAL = types.float32 if SIZE == 4 else types.float64


def _vector(context):
    real = context.get_value_type(REAL)
    return real, ir.VectorType(real, LANES)


def _load(builder, place, kind):
    loaded = builder.load(builder.inttoptr(place, kind.as_pointer()))
    loaded.align = 64
    return loaded


@intrinsic
def combine(typingctx, out, constant, w, stride, a, n):
    """out = constant + the sum over k < n of w[k stride] a[k], for all lanes."""

    def codegen(context, builder, signature, args):
        out, constant, w, stride, a, n = args
        real, kind = _vector(context)
        product = builder.module.declare_intrinsic(
            f"llvm.fmuladd.v{LANES}f{SIZE * 8}", (), ir.FunctionType(kind, [kind] * 3)
        )

        def spread(value):
            one = builder.insert_element(
                ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
            )
            mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), mask)

        total = cgutils.alloca_once_value(builder, spread(constant))
        weights = builder.inttoptr(w, real.as_pointer())
        step = ir.Constant(a.type, LANES * SIZE)
        with cgutils.for_range(builder, n) as loop:
            weight = builder.load(builder.gep(weights, [builder.mul(loop.index, stride)]))
            entries = _load(builder, builder.add(a, builder.mul(loop.index, step)), kind)
            builder.store(
                builder.call(product, [spread(weight), entries, builder.load(total)]), total
            )
        stored = builder.store(builder.load(total), builder.inttoptr(out, kind.as_pointer()))
        stored.align = 64
        return context.get_dummy_value()

    i = types.intp
    return types.void(i, REAL, i, i, i, i), codegen


@intrinsic
def across(typingctx, a, b):
    """The sum over lanes of a b."""

    def codegen(context, builder, signature, args):
        real, kind = _vector(context)
        product = builder.fmul(_load(builder, args[0], kind), _load(builder, args[1], kind))
        name = f"llvm.vector.reduce.fadd.v{LANES}f{SIZE * 8}"
        add = builder.module.declare_intrinsic(name, (), ir.FunctionType(real, [real, kind]))
        return builder.call(add, [ir.Constant(real, 0.0), product], fastmath=("reassoc",))

    return REAL(types.intp, types.intp), codegen


@njit
def fetch_lanes(plan, start, rows):
    n, m = plan[HEAD + IN], plan[HEAD + (plan[LAYERS] - 1) * LAYER + OUT]
    order = carray(pointer(plan[ORDER]), plan[SAMPLES], np.int64)
    xs, ys = row(plan[BATCH_X], n * LANES), row(plan[BATCH_Y], m * LANES)
    all_x, all_y = row(plan[DATA_X], plan[SAMPLES] * n), row(plan[DATA_Y], plan[SAMPLES] * m)
    weights, chosen = row(plan[DATA_S], plan[SAMPLES]), row(plan[BATCH_S], LANES)
    if rows < LANES:
        xs[:] = F(0.0)
    across_rows, along = (m, 1) if plan[ROWWISE] else (1, LANES)
    for i in range(rows):
        sample = order[start + i] if plan[SHUFFLED] else start + i
        for k in range(n):
            xs[k * LANES + i] = all_x[sample * n + k]
        for j in range(m):
            ys[i * across_rows + j * along] = all_y[sample * m + j]
        if plan[WEIGHTED]:
            chosen[i] = weights[sample]


@njit
def turn(source, target, rows, n):
    """Entry (i, j) of `source`, n to a row, becomes entry (j, i) of `target`, `rows` to a row."""
    a, b = row(source, rows * n), row(target, rows * n)
    for i in range(rows):
        for j in range(n):
            b[j * rows + i] = a[i * n + j]


@njit(inline="always")
def finish_lanes(plan, rows, scale):
    at = HEAD + (plan[LAYERS] - 1) * LAYER
    n, code, z, d = plan[at + OUT], plan[OUTPUT], plan[at + Z], plan[at + D]
    a, logs, y, s = plan[at + A], plan[LOGS], plan[BATCH_Y], plan[BATCH_S]
    loss = 0.0
    if plan[ROWWISE]:
        zr, dr, lanes = ahead(z, n * LANES), ahead(d, n * LANES), plan[HEAD] * 0 + LANES
        turn(z, zr, n, lanes)
        loss = finish(code, zr, a, logs, dr, y, s, scale, rows, n, n)
        turn(dr, d, lanes, n)
    else:
        one = n // n
        for j in range(n):
            to = j * LANES
            loss += finish(
                code,
                ahead(z, to),
                ahead(a, to),
                logs,
                ahead(d, to),
                ahead(y, to),
                s,
                scale,
                rows,
                one,
                n,
            )
    for j in range(n):
        slopes = row(ahead(d, j * LANES), LANES)
        for i in range(rows, LANES):
            slopes[i] = F(0.0)
    return loss


@njit(inline="always")
def work_in_lanes(plan, rows, scale, more):
    """The loss of up to 32 samples; gradients are added to those of `more` samples."""
    layers, x = plan[LAYERS], plan[BATCH_X]
    theta = row(
        plan[THETA], plan[HEAD + (layers - 1) * LAYER + B] + plan[HEAD + (layers - 1) * LAYER + OUT]
    )
    for layer in range(layers):
        at = HEAD + layer * LAYER
        n_in, n_out, z = plan[at + IN], plan[at + OUT], plan[at + Z]
        a = x if layer == 0 else plan[at - LAYER + A]
        for j in range(n_out):
            w = ahead(plan[THETA], plan[at + W] + j)
            combine(ahead(z, j * LANES), theta[plan[at + B] + j], w, n_out, a, n_in)
        if layer < layers - 1:
            n, single = (
                n_out * LANES,
                np.int64(1),
            )  # a literal would be compiled as a type of its own
            activate(plan[at + ACTIVATION], z, plan[at + A], plan[ZEROS], n, single, n)
    loss = finish_lanes(plan, rows, scale)
    for layer in range(layers - 1, -1, -1):
        at = HEAD + layer * LAYER
        n_in, n_out, d = plan[at + IN], plan[at + OUT], plan[at + D]
        a = x if layer == 0 else plan[at - LAYER + A]
        w_slopes = row(ahead(plan[SCRATCH], plan[at + W]), n_in * n_out)
        b_slopes = row(ahead(plan[SCRATCH], plan[at + B]), n_out)
        if more == 0:
            w_slopes[:] = F(0.0)
            b_slopes[:] = F(0.0)
        for j in range(n_out):
            of = ahead(d, j * LANES)
            b_slopes[j] += across(of, plan[ONES])
            for k in range(n_in):
                w_slopes[k * n_out + j] += across(ahead(a, k * LANES), of)
        if layer > 0:
            below = plan[at - LAYER + D]
            for k in range(n_in):
                w = ahead(plan[THETA], plan[at + W] + k * n_out)
                combine(ahead(below, k * LANES), F(0.0), w, 1, d, n_out)
            last = at - LAYER
            derive(plan[last + ACTIVATION], below, plan[last + Z], plan[last + A], n_in * LANES)
    return loss


@njit(inline="always")
def step_in_lanes(plan, reals, start, rows, scale, rate, root):
    """A batch, 32 samples at a time, and the update; the loss."""
    loss = 0.0
    for done in range(0, rows, LANES):
        some = min(rows - done, LANES)
        fetch_lanes(plan, start + done, some)
        loss += work_in_lanes(plan, some, scale, done)
    decay = reals[DECAY] * scale
    for layer in range(plan[LAYERS]):
        at = HEAD + layer * LAYER
        for part in range(2):
            offset, n, shrink = plan[at + B], plan[at + OUT], 0.0
            if part == 0:
                offset, n, shrink = plan[at + W], n * plan[at + IN], decay
            theta = ahead(plan[THETA], offset)
            if shrink != 0.0:
                loss += 0.5 * shrink * squares(theta, n)
            first, second = ahead(plan[FIRST], offset), ahead(plan[SECOND], offset)
            slopes = ahead(plan[SCRATCH], offset)
            update(plan[SOLVER], reals, rate, root, F(shrink), slopes, theta, first, second, n)
    return loss
