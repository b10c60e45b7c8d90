# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""A tile of parameters: its gradient, and one pass over it with its moments."""

import math

import numpy as np
from numba import njit

from backproof.learn.engine.numba.kernels.fields import (
    ADAM,
    BETA_1,
    BETA_2,
    BLOCK,
    C0,
    C1,
    DECAY,
    EPSILON,
    FIRST,
    FIRST_TASK,
    HEAD,
    HEAVY,
    K0,
    K1,
    KEEP,
    LAYER,
    LAYER_OF,
    MOMENTUM,
    NEAR,
    NESTEROV,
    OFFSET,
    OUT,
    PLAIN,
    RATE,
    REST_1,
    REST_2,
    SCRATCH,
    SCRATCH_SIZE,
    SECOND,
    SIZE_OF_THETA,
    SLICE_GRADIENTS,
    SOLVER,
    TASK,
    THETA,
    B,
    W,
)
from backproof.learn.engine.numba.kernels.layers import gradient
from backproof.learn.engine.numba.kernels.native import LINE, F, address, ahead, row, soon_written


@njit(error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def squares(theta, n):
    t = row(theta, n)
    total = F(0.0)
    for i in range(n):
        total += t[i] * t[i]
    return total


@njit(error_model="numpy")
def rates(reals, updates):
    """Adam's learning rate over the bias of the mean, and one over the root of the square's."""
    rate = F(reals[RATE] / (1.0 - reals[BETA_1] ** updates))
    return rate, F(1.0 / math.sqrt(1.0 - reals[BETA_2] ** updates))


@njit(error_model="numpy", fastmath={"contract"})
def update(solver, reals, step, root, decay, slopes, theta, first, second, n):
    g, t, m, v = row(slopes, n), row(theta, n), row(first, n), row(second, n)
    rate, momentum = F(reals[RATE]), F(reals[MOMENTUM])
    if solver == ADAM:
        beta_1, rest_1 = F(reals[BETA_1]), F(reals[REST_1])
        beta_2, rest_2 = F(reals[BETA_2]), F(reals[REST_2])
        epsilon = F(reals[EPSILON])
        for i in range(n):
            slope = g[i] + decay * t[i]
            mean = beta_1 * m[i] + rest_1 * slope
            square = beta_2 * v[i] + rest_2 * (slope * slope)
            m[i] = mean
            v[i] = square
            t[i] -= step * mean / ((math.sqrt(square) + epsilon) * root)
    elif solver == PLAIN:
        for i in range(n):
            t[i] -= rate * (g[i] + decay * t[i])
    elif solver == HEAVY:
        for i in range(n):
            velocity = momentum * m[i] - rate * (g[i] + decay * t[i])
            m[i] = velocity
            t[i] += velocity
    elif solver == NESTEROV:
        for i in range(n):
            slope = rate * (g[i] + decay * t[i])
            velocity = momentum * m[i] - slope
            m[i] = velocity
            t[i] += momentum * velocity - slope
    elif solver == KEEP:
        for i in range(n):
            m[i] = g[i] + decay * t[i]


@njit
def slice_of(plan, task, s, n):
    """The gradient that slice s has found for a tile."""
    of_slice = s * plan[SIZE_OF_THETA] + plan[task + OFFSET]
    return row(ahead(plan[SLICE_GRADIENTS], of_slice), n)


@njit(error_model="numpy", fastmath={"contract"})
def improve(plan, reals, task, thread, start, rows, scale, slices, rate, root, room):
    """Step along the gradient of a tile; the sum of its squares, times the penalty's strength.

    Slices are added up in one order, whichever threads they came from.
    """
    at = plan[FIRST_TASK] + task * TASK
    k0, k1, c0 = plan[at + K0], plan[at + K1], plan[at + C0]
    of = HEAD + plan[at + LAYER_OF] * LAYER
    n_out, height, n = plan[of + OUT], max(k1 - k0, 1), plan[at + C1] - c0
    if k1 == 0:
        offset, decay = plan[of + B] + c0, 0.0
    else:
        offset, decay = plan[of + W] + k0 * n_out + c0, reals[DECAY] * scale
    slopes = ahead(plan[SCRATCH], thread * plan[SCRATCH_SIZE])
    if plan[BLOCK]:
        if height * n <= NEAR:  # other threads have read them since
            for j in range(0, height * n, LINE):
                soon_written(ahead(plan[THETA], offset + j))
        one, rest = slice_of(plan, at, 0, height * n), slice_of(plan, at, 1, height * n)
        if slices == 1:
            slopes = address(one)
        else:
            total = row(slopes, height * n)
            for j in range(height * n):
                total[j] = one[j] + rest[j]
            for s in range(2, slices):
                rest = slice_of(plan, at, s, height * n)
                for j in range(height * n):
                    total[j] += rest[j]
    else:
        zero = np.int64(0)
        gradient(plan, task, start, zero, rows, zero, slopes, room)
    if n == n_out:
        n, height = n * height, 1
    penalty = 0.0
    for i in range(height):
        step = offset + i * n_out
        theta = ahead(plan[THETA], step)
        if decay != 0.0:
            penalty += decay * squares(theta, n)
        first, second = ahead(plan[FIRST], step), ahead(plan[SECOND], step)
        slope = ahead(slopes, i * n)
        update(plan[SOLVER], reals, rate, root, F(decay), slope, theta, first, second, n)
    return penalty
