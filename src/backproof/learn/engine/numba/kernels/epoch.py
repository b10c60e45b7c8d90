# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""The epoch: what every thread does with every batch."""

import numpy as np
from numba import njit

from backproof.learn.engine.numba.kernels.elementwise import (  # pyright: ignore[reportMissingImports]
    finish,
)
from backproof.learn.engine.numba.kernels.fields import (
    APART,
    BATCH,
    BATCH_S,
    BATCH_X,
    BATCH_Y,
    BLOCK,
    DATA_S,
    DATA_X,
    DATA_Y,
    DECAY,
    FIRST_TASK,
    HEAD,
    IN,
    LANED,
    LAYER,
    LAYERS,
    LOGS,
    NEAR,
    OFFSET,
    ORDER,
    OUT,
    OUTPUT,
    ROOM,
    ROOM_FOR,
    SAMPLES,
    SEED,
    SHUFFLED,
    SIZE_OF_THETA,
    SLICE,
    SLICE_GRADIENTS,
    TASK,
    TASKS,
    THETA,
    TILE,
    TILE_BACK,
    UPDATES,
    WEIGHTED,
    WIDE,
    A,
    D,
    Z,
)
from backproof.learn.engine.numba.kernels.lanes import step_in_lanes
from backproof.learn.engine.numba.kernels.layers import backward, forward, gradient
from backproof.learn.engine.numba.kernels.native import (
    LINE,
    address,
    ahead,
    carray,
    meet,
    pointer,
    row,
    soon,
)
from backproof.learn.engine.numba.kernels.update import improve, rates

SHORT = 8  # lines of a sample: those of a whole batch have room in the cache


@njit
def shuffle(place, n, seed):
    """Fisher and Yates over numbers from SplitMix64 (Steele, Lea and Flood 2014)."""
    order = carray(pointer(place), n, np.int64)
    state = np.uint64(seed)
    for i in range(n):
        order[i] = i
    for i in range(n - 1, 0, -1):
        state += np.uint64(0x9E3779B97F4A7C15)
        bits = state
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits = (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
        j = np.int64((bits * np.uint64(i + 1)) >> np.uint64(32))
        order[i], order[j] = order[j], order[i]


@njit
def fetch(plan, start, place, rows):
    """Copy the samples that come next in the order to a place in the batch."""
    left = plan[SAMPLES] - start
    order = carray(pointer(plan[ORDER] + start * 8), left, np.int64)
    n = plan[HEAD + IN]
    m = plan[HEAD + (plan[LAYERS] - 1) * LAYER + OUT]
    weights, chosen = row(plan[DATA_S], plan[SAMPLES]), row(plan[BATCH_S], place + rows)
    further = plan[BATCH] if n <= SHORT * LINE else 1
    for i in range(rows):
        sample, at = order[i], place + i
        if i + further < left:  # the next sample lies elsewhere
            following = ahead(plan[DATA_X], order[i + further] * n)
            for k in range(0, n, LINE):
                soon(ahead(following, k))
            soon(ahead(following, n - 1))
        a, b = row(ahead(plan[DATA_X], sample * n), n), row(ahead(plan[BATCH_X], at * n), n)
        for k in range(n):
            b[k] = a[k]
        a, b = row(ahead(plan[DATA_Y], sample * m), m), row(ahead(plan[BATCH_Y], at * m), m)
        for k in range(m):
            b[k] = a[k]
        if plan[WEIGHTED]:
            chosen[at] = weights[sample]


@njit
def share(plan, start, rows):
    """1/m, or with weights one over their sum."""
    if not plan[WEIGHTED]:
        return 1.0 / rows
    weights, total = row(plan[DATA_S], plan[SAMPLES]), 0.0
    order = carray(pointer(plan[ORDER] + start * 8), rows, np.int64)
    for i in range(rows):
        total += weights[order[i] if plan[SHUFFLED] else start + i]
    return 1.0 / total


@njit(inline="always")
def output(plan, start, place, rows, scale):
    """The last activation, its gradient, and these rows' part of the loss."""
    at = HEAD + (plan[LAYERS] - 1) * LAYER
    n = plan[at + OUT]
    y, s = ahead(plan[DATA_Y], start * n), ahead(plan[DATA_S], start)
    if plan[SHUFFLED]:
        y, s = ahead(plan[BATCH_Y], place * n), ahead(plan[BATCH_S], place)
    step = place * n
    z, a, d = ahead(plan[at + Z], step), ahead(plan[at + A], step), ahead(plan[at + D], step)
    return finish(plan[OUTPUT], z, a, ahead(plan[LOGS], step), d, y, s, scale, rows, n, n)


@njit
def work(plan, thread, threads, start, place, rows, size, scale, losses, sync, meetings, room):
    """Rows from their samples to the gradients by every z, this thread's share of it.

    Where layers are wide, threads share the columns of each and meet after it; else each slice of
    `size` rows stays with one thread.
    """
    slices = (rows + size - 1) // size
    layers = plan[LAYERS]
    if plan[SHUFFLED]:
        for s in range(thread, slices, threads):
            done = s * size
            fetch(plan, start + done, place + done, min(size, rows - done))
    for layer in range(layers):
        at = HEAD + layer * LAYER
        columns = (plan[at + OUT] + plan[at + TILE] - 1) // plan[at + TILE]
        if plan[WIDE]:
            meetings = meet(sync, threads, meetings)
        for task in range(thread, slices * columns, threads):
            done = task // columns * size
            some = min(size, rows - done)
            forward(plan, layer, task % columns, start + done, place + done, some, room)
    if plan[WIDE]:
        meetings = meet(sync, threads, meetings)
    for s in range(thread, slices, threads):
        done = s * size
        some = min(size, rows - done)
        losses[s * APART] = output(plan, start + done, place + done, some, scale)
    for layer in range(layers - 1, 0, -1):
        at = HEAD + layer * LAYER
        columns = (plan[at + IN] + plan[at + TILE_BACK] - 1) // plan[at + TILE_BACK]
        if plan[WIDE]:
            meetings = meet(sync, threads, meetings)
        for task in range(thread, slices * columns, threads):
            done = task // columns * size
            backward(plan, layer, task % columns, place + done, min(size, rows - done), room)
    return meetings


@njit(inline="always")
def accumulate(plan, s, start, rows, scale, losses, sync, room):
    """A long slice in blocks that stay in cache, alone; its gradients add up."""
    block, loss = plan[BLOCK], 0.0
    place, gradients = s * block, s * plan[SIZE_OF_THETA]
    alone, one = np.int64(0), np.int64(1)  # a literal would be compiled as a type of its own
    mine = losses[s * APART :]
    for done in range(0, rows, block):
        some = min(block, rows - done)
        work(plan, alone, one, start + done, place, some, some, scale, mine, sync, alone, room)
        loss += mine[0]
        for task in range(plan[TASKS]):
            offset = gradients + plan[plan[FIRST_TASK] + task * TASK + OFFSET]
            out = ahead(plan[SLICE_GRADIENTS], offset)
            gradient(plan, task, start + done, place, some, done, out, room)
    mine[0] = loss


@njit
def bare(array, kind):
    """The same numbers without a count of who holds them, which threads would fight over."""
    return carray(pointer(address(array)), len(array), kind)


@njit
def batches(plan, reals, losses, penalties, sync, thread, threads):
    n, batch, size = plan[SAMPLES], plan[BATCH], plan[SLICE]
    zero = np.int64(0)
    meetings, total = zero, 0.0
    if plan[SHUFFLED]:
        if thread == 0:
            shuffle(plan[ORDER], n, plan[SEED])
        meetings = meet(sync, threads, meetings)
    updates, room = plan[UPDATES], ahead(plan[ROOM], thread * ROOM_FOR)
    for start in range(0, n, batch):
        rows = min(batch, n - start)
        slices = (rows + size - 1) // size
        scale = share(plan, start, rows)
        updates += 1
        rate, root = rates(reals, updates)
        if plan[LANED]:
            total += rows * step_in_lanes(plan, reals, start, rows, scale, rate, root)
            continue
        if plan[BLOCK]:
            for s in range(thread, slices, threads):
                some = min(size, rows - s * size)
                accumulate(plan, s, start + s * size, some, scale, losses, sync, room)
        else:
            meetings = work(
                plan, thread, threads, start, zero, rows, size, scale, losses, sync, meetings, room
            )
        meetings = meet(sync, threads, meetings)
        if thread == 0:
            for s in range(slices):
                total += rows * losses[s * APART]
        for task in range(thread, plan[TASKS], threads):
            penalty = improve(
                plan, reals, task, thread, start, rows, scale, slices, rate, root, room
            )
            if reals[DECAY] != 0.0:
                penalties[task] = penalty
        meetings = meet(sync, threads, meetings)
        if threads > 1 and plan[SIZE_OF_THETA] <= NEAR:  # others have changed them
            for k in range(0, plan[SIZE_OF_THETA], LINE):
                soon(ahead(plan[THETA], k))
        if thread == 0 and reals[DECAY] != 0.0:
            for task in range(plan[TASKS]):
                total += 0.5 * rows * penalties[task]
    return total


@njit(nogil=True, cache=True)
def run(plan, reals, losses, penalties, sync, thread, threads):
    """Every batch of an epoch; thread 0 returns the sum of the losses."""
    return batches(
        bare(plan, np.int64),
        bare(reals, np.float64),
        bare(losses, np.float64),
        bare(penalties, np.float64),
        bare(sync, np.int64),
        thread,
        threads,
    )
