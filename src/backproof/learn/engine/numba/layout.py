"""How a network lies in memory, and how a run over it is cut into slices, tiles and tasks.

All of it follows from sizes, batch and element type, never from the number of threads: the order in
which floats are added is part of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from .kernels import fields as f

_LINE = 64  # bytes of a cache line, to which everything is aligned
_BLOCK = 256  # rows whose activations stay in cache
_SLICE = 64  # rows that a thread takes at once, below which products of matrices get slow
_TINY = 128  # weights of a network for which lanes of samples beat BLAS
_LANES = 32
_SMALL = 128_000  # multiplications in a batch below which a second thread brings nothing
_FEW = 1 << 13  # weights of which each slice has a gradient of its own
_LONG = 1024  # a batch of more rows is walked in blocks
_MOST_SLICES = 16
_WIDE = 1 << 18  # entries of a weight above which threads share a layer's columns
_TILE = 256
_ROWS_OF_TILE = 256


@dataclass(frozen=True, slots=True)
class Cut:
    """The cut of one batch."""

    rows: int  # of a slice
    slices: int
    block: int  # 0: activations of the whole batch are kept
    wide: bool
    laned: bool = False

    @property
    def places(self) -> int:
        """Rows of activations that are kept at a time."""
        return self.slices * (self.block or self.rows)


@cache
def cut(sizes: tuple[int, ...], batch: int) -> Cut:
    weights = [a * b for a, b in pairwise(sizes)]
    if sum(weights) <= _TINY and batch <= _LONG:
        return Cut(batch, 1, 0, False, True)
    alone = batch * sum(weights) < _SMALL
    if batch > _LONG:
        rows = batch if alone else -(-batch // _MOST_SLICES)
        rows = max(-(-rows // _BLOCK), 2) * _BLOCK
        return Cut(rows, -(-batch // rows), _BLOCK, False)
    if max(weights) > _WIDE:
        return Cut(min(batch, _TILE), -(-batch // _TILE), 0, True)
    slices = 1 if alone else max(-(-batch // _SLICE), 2)
    rows = -(-batch // slices)
    own = slices > 1 and sum(weights) <= _FEW
    return Cut(rows, -(-batch // rows), rows if own else 0, False)


def tasks(sizes: tuple[int, ...]) -> tuple[Any, int]:
    """The tiles of parameters that are updated at once, large ones first, so that threads end
    together: rows of (layer, k0, k1, c0, c1, offset), a bias with k1 = 0, the offset that of its
    gradient among all tiles'. And the length of these."""
    found: list[tuple[int, int, int, int, int]] = []
    for layer, (n_in, n_out) in enumerate(pairwise(sizes)):
        found.append((layer, 0, 0, 0, n_out))
        for k0, k1 in _pieces(n_in, _ROWS_OF_TILE):
            found += [(layer, k0, k1, c0, c1) for c0, c1 in _pieces(n_out, _TILE)]
    found.sort(key=lambda t: -max(t[2] - t[1], 1) * (t[4] - t[3]))
    lengths = [-(-max(k1 - k0, 1) * (c1 - c0) // 16) * 16 for _, k0, k1, c0, c1 in found]
    ends = np.cumsum(lengths)
    return np.column_stack([found, ends - lengths]).astype(np.int64), int(ends[-1])


def _pieces(whole: int, most: int) -> list[tuple[int, int]]:
    """Equal parts of at most so many."""
    count = -(-whole // most)
    ends = [whole * i // count for i in range(count + 1)]
    return list(pairwise(ends))


def address(array: Any) -> int:
    """Sooner than by `ctypes`."""
    return array.__array_interface__["data"][0]


class Buffers:
    """Aligned arrays, kept alive as long as native code may hold their addresses."""

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def floats(self, count: int, dtype: Any) -> Any:
        step = _LINE // np.dtype(dtype).itemsize
        array = np.zeros(count + step, dtype)
        start = -(array.ctypes.data // array.itemsize) % step
        self._kept.append(array)
        return array[start : start + count]


def offsets(sizes: tuple[int, ...], dtype: Any) -> tuple[list[tuple[int, int]], int]:
    """Where each layer's W and b stand in one array of all parameters, and its length."""
    step = _LINE // np.dtype(dtype).itemsize
    found: list[tuple[int, int]] = []
    end = 0
    for n_in, n_out in pairwise(sizes):
        w = end
        b = w + -(-n_in * n_out // step) * step
        end = b + -(-n_out // step) * step
        found.append((w, b))
    return found, end


def workspace(
    plan: Any, sizes: tuple[int, ...], parts: Cut, *, threads: int, keeps_z: list[bool], dtype: Any
) -> Buffers:
    """Buffers for a cut, and their addresses written into the plan."""
    buffers = Buffers()

    def take(count: int) -> int:
        return buffers.floats(count, dtype).ctypes.data

    if parts.laned:
        parts = Cut(2 * _LANES, 1, 0, False, True)  # twice: the output is also kept by rows
    places, theta = parts.places, int(plan[f.SIZE_OF_THETA])
    for layer, width in enumerate(sizes[1:]):
        at = f.HEAD + layer * f.LAYER
        plan[at + f.Z] = take(places * width)
        plan[at + f.A] = take(places * width) if keeps_z[layer] else plan[at + f.Z]
        plan[at + f.D] = take(places * width)
        tile = _TILE if parts.wide else max(sizes)
        plan[at + f.TILE] = plan[at + f.TILE_BACK] = tile
    plan[f.LOGS] = take(places * sizes[-1])
    plan[f.BATCH_X], plan[f.BATCH_Y] = take(places * sizes[0]), take(places * sizes[-1])
    plan[f.BATCH_S], plan[f.ZEROS] = take(places), take(places * max(16, *sizes))
    ones = buffers.floats(max(_LANES, places), dtype)
    ones[:] = 1
    plan[f.ONES], plan[f.LANED] = ones.ctypes.data, parts.laned
    tile = min(theta, max(_TILE * _ROWS_OF_TILE, *sizes))
    plan[f.SCRATCH_SIZE] = -(-tile // 16) * 16
    plan[f.SCRATCH] = take(int(plan[f.SCRATCH_SIZE]) * threads)
    plan[f.ROOM] = take(f.ROOM_FOR * threads)
    plan[f.SLICE_GRADIENTS] = take(parts.slices * theta if parts.block else 1)
    plan[f.SLICE], plan[f.BLOCK], plan[f.WIDE] = parts.rows, parts.block, parts.wide
    return buffers
