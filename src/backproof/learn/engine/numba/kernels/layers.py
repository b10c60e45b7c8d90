# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""One layer for some rows and columns: forward, backward, and the gradient of its parameters."""

import numpy as np
from numba import njit

from backproof.learn.engine.numba.kernels.elementwise import (  # pyright: ignore[reportMissingImports]
    activate,
    derive,
)
from backproof.learn.engine.numba.kernels.fields import (
    ACTIVATION,
    BATCH_X,
    C0,
    C1,
    DATA_X,
    FIRST_TASK,
    HEAD,
    IN,
    K0,
    K1,
    LAYER,
    LAYER_OF,
    LAYERS,
    ONES,
    OUT,
    SHUFFLED,
    TASK,
    THETA,
    TILE,
    TILE_BACK,
    ZEROS,
    A,
    B,
    D,
    W,
    Z,
)
from backproof.learn.engine.numba.kernels.native import F, ahead, row
from backproof.learn.engine.numba.kernels.products import (
    ADDED,
    AS_IT_IS,
    NEW,
    TILES_ALONE,
    TURNED,
    multiply,
)

NARROW = 16  # rows of fewer floats are walked as one, or the vector units would idle


@njit
def below(plan, layer, start, place):
    """What a layer multiplies, for samples at `start` in the order and at `place` in the batch."""
    at = HEAD + layer * LAYER
    n = plan[at + IN]
    if layer > 0:
        return ahead(plan[at - LAYER + A], place * n)
    if plan[SHUFFLED]:
        return ahead(plan[BATCH_X], place * n)
    return ahead(plan[DATA_X], start * n)


@njit(error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def forward(plan, layer, column, start, place, rows, room):
    at = HEAD + layer * LAYER
    n_in, n_out, tile = plan[at + IN], plan[at + OUT], plan[at + TILE]
    first = column * tile
    n = min(tile, n_out - first)
    a = below(plan, layer, start, place)
    w = ahead(plan[THETA], plan[at + W] + first)
    b = ahead(plan[THETA], plan[at + B] + first)
    z = ahead(plan[at + Z], place * n_out + first)
    if n_out == 1:
        weights, products = row(w, n_in), row(z, rows)
        for i in range(rows):
            entries = row(ahead(a, i * n_in), n_in)
            total = F(0.0)
            for k in range(n_in):
                total += entries[k] * weights[k]
            products[i] = total
    else:
        multiply(AS_IT_IS, AS_IT_IS, rows, n, n_in, a, n_in, w, n_out, NEW, z, n_out, room)
    last, flat = layer == plan[LAYERS] - 1, n == n_out and n < NARROW
    if last or flat:
        bias = row(b, n)
        for i in range(rows):
            entries = row(ahead(z, i * n_out), n)
            for j in range(n):
                entries[j] += bias[j]
    if last:
        return
    out = ahead(plan[at + A], place * n_out + first)
    step = n_out
    if flat:
        b, n, rows = plan[ZEROS], n * rows, 1
    activate(plan[at + ACTIVATION], z, out, b, n, rows, step)


@njit(error_model="numpy", fastmath={"contract"})
def backward(plan, layer, column, place, rows, room):
    """The gradient by the z of the layer before, from the gradient by this layer's."""
    at = HEAD + layer * LAYER
    n_in, n_out, tile = plan[at + IN], plan[at + OUT], plan[at + TILE_BACK]
    first = column * tile
    n = min(tile, n_in - first)
    w = ahead(plan[THETA], plan[at + W] + first * n_out)
    d = ahead(plan[at + D], place * n_out)
    step = place * n_in + first
    before = ahead(plan[at - LAYER + D], step)
    z = ahead(plan[at - LAYER + Z], step)
    a = ahead(plan[at - LAYER + A], step)
    if n_out == 1:
        weights, slopes = row(w, n), row(d, rows)
        for i in range(rows):
            entries = row(ahead(before, i * n_in), n)
            slope = slopes[i]
            for j in range(n):
                entries[j] = slope * weights[j]
    else:
        multiply(AS_IT_IS, TURNED, rows, n, n_out, d, n_out, w, n_out, NEW, before, n_in, room)
    if n == n_in:
        n, rows = n * rows, 1
    for i in range(rows):
        step = i * n_in
        code = plan[at - LAYER + ACTIVATION]
        derive(code, ahead(before, step), ahead(z, step), ahead(a, step), n)


@njit(error_model="numpy", fastmath={"contract"})
def gradient(plan, task, start, place, rows, more, out, room):
    """A tile of Aᵀ D, or of the column sums of D, added to `out` if that holds `more` rows."""
    at = plan[FIRST_TASK] + task * TASK
    layer, k0, c0 = plan[at + LAYER_OF], plan[at + K0], plan[at + C0]
    height, width = plan[at + K1] - k0, plan[at + C1] - c0
    at = HEAD + layer * LAYER
    n_in, n_out = plan[at + IN], plan[at + OUT]
    d = ahead(plan[at + D], place * n_out + c0)
    a = ahead(below(plan, layer, start, place), k0)
    one, add = np.int64(1), ADDED if more > 0 else NEW
    if height > 0 and n_out > 1:
        multiply(TURNED, AS_IT_IS, height, width, rows, a, n_in, d, n_out, add, out, width, room)
    elif TILES_ALONE and height == 0 and n_out > 1:
        ones = plan[ONES]
        multiply(AS_IT_IS, AS_IT_IS, one, width, rows, ones, rows, d, n_out, add, out, width, room)
    elif TILES_ALONE and height > 0:
        multiply(AS_IT_IS, AS_IT_IS, one, height, rows, d, rows, a, n_in, add, out, height, room)
    else:
        by_rows(a, d, height, width, rows, n_in, n_out, more, out)


@njit(error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def by_rows(a, d, height, width, rows, n_in, n_out, more, out):
    """What `gradient` finds, without products of matrices."""
    total, slopes = row(out, max(height, width)), row(d, rows)
    if more == 0:
        total[:] = F(0.0)
    if height == 0 and n_out == 1:
        whole = F(0.0)
        for i in range(rows):
            whole += slopes[i]
        total[0] += whole
    elif height == 0:
        for i in range(rows):
            entries = row(ahead(d, i * n_out), width)
            for j in range(width):
                total[j] += entries[j]
    else:
        for i in range(rows):
            entries = row(ahead(a, i * n_in), height)
            slope = slopes[i]
            for k in range(height):
                total[k] += slope * entries[k]
