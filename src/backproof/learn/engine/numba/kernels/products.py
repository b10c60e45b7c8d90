# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""Products of matrices: by BLAS, or where that is slow by tiles."""

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba import njit
from numba.core import cgutils, config, types
from numba.extending import intrinsic

from backproof.learn.engine.numba.kernels.native import F, gemm

# a literal would be compiled as a type of its own
AS_IT_IS, TURNED = NEW, ADDED = np.int64(0), np.int64(1)
NORMAL, TRANSPOSED = ord("N"), ord("T")
TILES = "backproof_tiles_" + np.dtype(F).name
SMALL, LARGE = 1 << 15, 1 << 20  # multiplications
LOW, HIGH = 24, 128  # rows: tiles would be mostly empty, or BLAS's packing of both factors pays


def long_vectors():
    """Whether vectors have 64 bytes: tiles are then as fast as the kernels that OpenBLAS has for
    them, and twice as fast as the others, which a BLAS may well run on such a processor."""
    features = (
        config.CPU_FEATURES  # pyright: ignore[reportAttributeAccessIssue]
        or llvmlite.binding.get_host_cpu_features().flatten()
    )
    return "+avx512f" in features


TILES_ALONE = long_vectors()


@intrinsic
def tiles(typingctx, turned_a, turned_b, m, n, k, a, lda, b, ldb, add, c, ldc, room):
    """The function of this name in `tiles`, which is compiled by itself, once."""
    i = types.intp

    def codegen(context, builder, signature, args):
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64)] * len(args))
        builder.call(cgutils.get_or_insert_function(builder.module, kind, TILES), args)
        return context.get_dummy_value()

    return types.void(i, i, i, i, i, i, i, i, i, i, i, i, i), codegen


@njit(error_model="numpy")
def multiply(turned_a, turned_b, m, n, k, a, lda, b, ldb, add, c, ldc, room):
    """C = A B, added to C if `add`, in row order, where A is m x k and B is k x n, or what holds
    them is turned; `room` is for ROOM_FOR floats."""
    size = m * n * k
    few = size >= LARGE and m <= HIGH and not (turned_a or turned_b)
    if TILES_ALONE or (m >= LOW and (few or SMALL <= size < LARGE)):
        tiles(turned_a, turned_b, m, n, k, a, lda, b, ldb, add, c, ldc, room)
        return
    ta, tb = TRANSPOSED if turned_a else NORMAL, TRANSPOSED if turned_b else NORMAL
    gemm(tb, ta, n, m, k, b, ldb, a, lda, F(1.0) if add else F(0.0), c, ldc)
