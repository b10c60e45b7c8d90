# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""What Numba lacks: BLAS by address, atomics, and arrays over addresses without counting."""

import platform

import numpy as np
from llvmlite import ir
from numba import carray, njit
from numba.core import cgutils, types
from numba.extending import intrinsic

F = np.float32
SIZE = np.dtype(F).itemsize
LINE = 64 // SIZE  # floats of a cache line
GEMM = "backproof_gemm_" + np.dtype(F).name
YIELD = "backproof_yield"
PAUSE = {"x86_64": "pause", "AMD64": "pause", "aarch64": "yield", "arm64": "yield"}


@intrinsic
def pointer(typingctx, address):
    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return types.voidptr(types.intp), codegen


@intrinsic
def address(typingctx, array):
    """Where an array's first entry lies."""

    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.ptrtoint(data, cgutils.intp_t)

    return types.intp(array), codegen


@intrinsic
def gemm(typingctx, ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc):
    """C = A B + beta C in column order by addresses; `ta`, `tb` are "N" or "T" as numbers."""
    real = types.float32 if SIZE == 4 else types.float64
    kinds = [types.int8] * 2 + [types.int32] * 3 + [types.intp, types.int32] * 2
    signature = types.void(*kinds, real, types.intp, types.int32)

    def codegen(context, builder, signature, args):
        ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc = args

        def held(value):
            return cgutils.alloca_once_value(builder, value)

        alpha = held(ir.Constant(beta.type, 1.0))
        passed = [*map(held, (ta, tb, m, n, k)), alpha]
        for place, stride in ((a, lda), (b, ldb)):
            passed += [builder.inttoptr(place, cgutils.voidptr_t), held(stride)]
        passed += [held(beta), builder.inttoptr(c, cgutils.voidptr_t), held(ldc)]
        passed = [builder.bitcast(value, cgutils.voidptr_t) for value in passed]
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t] * 13)
        builder.call(cgutils.get_or_insert_function(builder.module, kind, GEMM), passed)
        return context.get_dummy_value()

    return signature, codegen


@intrinsic
def atomic_add(typingctx, place, amount):
    """Add to the integer at an address; what it was before."""

    def codegen(context, builder, signature, args):
        counter = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        return builder.atomic_rmw("add", counter, args[1], "acq_rel")

    return types.int64(types.intp, types.int64), codegen


@intrinsic
def atomic_load(typingctx, place):
    def codegen(context, builder, signature, args):
        counter = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        return builder.load_atomic(counter, "acquire", 8)

    return types.int64(types.intp), codegen


@intrinsic
def pause(typingctx):
    """Tell the core that this is a spin."""

    def codegen(context, builder, signature, args):
        instruction = PAUSE.get(platform.machine())
        if instruction:
            builder.asm(ir.FunctionType(ir.VoidType(), []), instruction, "", [], True)
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def give_way(typingctx):
    """Let another thread of the system have this core."""

    def codegen(context, builder, signature, args):
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, YIELD), [])
        return context.get_dummy_value()

    return types.void(), codegen


def _hint(writing):
    def typed(typingctx, place):
        def codegen(context, builder, signature, args):
            i32 = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, i32, i32, i32])
            prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
            hints = [ir.Constant(i32, hint) for hint in (writing, 3, 1)]  # 3: keep, 1: data
            builder.call(prefetch, [builder.inttoptr(args[0], cgutils.voidptr_t), *hints])
            return context.get_dummy_value()

        return types.void(types.intp), codegen

    return intrinsic(typed)


soon, soon_written = _hint(0), _hint(1)  # tell the cache what will be read, and what written


@njit
def meet(sync, threads, meetings):
    """Wait until every thread is here for the `meetings`-th time; that count, to hand in next."""
    if threads == 1:
        return meetings
    place = address(sync)
    meetings += 1
    wanted = meetings * threads
    atomic_add(place, 1)
    spins = 0
    while atomic_load(place) < wanted:
        spins += 1
        if spins < 2000:
            pause()
        else:
            give_way()
    return meetings


@njit
def row(place, n):
    """The `n` floats at an address."""
    return carray(pointer(place), n, F)


@njit
def ahead(place, n):
    """The address `n` floats further on."""
    return place + n * SIZE
