# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0915, PLR0917 - one loop in LLVM's terms; native functions take no keywords
"""Products of matrices by tiles that stay in registers, for where BLAS is slow.

Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008), less what a few
rows do not need: panels of B are packed to lie in the first-level cache, A is read where it lies.
"""

import llvmlite.binding
from llvmlite import ir
from numba import cfunc, njit
from numba.core import cgutils, config, types
from numba.extending import intrinsic

from backproof.learn.engine.numba.kernels.fields import ROOM_FOR
from backproof.learn.engine.numba.kernels.native import LINE, SIZE, F, ahead, row


def registers():
    """Bytes of a vector register, rows of a tile and vectors in each: what the registers hold."""
    features = (
        config.CPU_FEATURES  # pyright: ignore[reportAttributeAccessIssue]
        or llvmlite.binding.get_host_cpu_features().flatten()
    )
    if "+avx512f" in features:
        return 64, 13, 2
    if "+avx2" in features:
        return 32, 6, 2
    return 16, 6, 4


BYTES, HEIGHT, VECTORS = registers()
LANES_OF = BYTES // SIZE
WIDTH = VECTORS * LANES_OF
DEPTH = 272  # of a panel: 32 kB or so with WIDTH
PAIR, PACE = 128, 4
assert (DEPTH + HEIGHT) * WIDTH <= ROOM_FOR


@intrinsic
def tile(typingctx, c, ldc, a, by_row, by_k, panel, k, m, add, soon, step):
    """C = A B, added to C if `add`, for m <= HEIGHT rows and WIDTH columns; B is a panel.

    All rows of a tile are computed, the last one again for those that are too many. Meanwhile the
    cache is told of PAIR bytes at `soon`, and so on every `step` bytes, once in PACE turns.
    """

    def codegen(context, builder, signature, args):
        c, ldc, a, by_row, by_k, panel, k, m, add, soon, step = args
        real = context.get_value_type(types.float32 if SIZE == 4 else types.float64)
        i64, i32 = ir.IntType(64), ir.IntType(32)
        vector = ir.VectorType(real, LANES_OF)
        suffix = f"v{LANES_OF}f{SIZE * 8}"
        product = builder.module.declare_intrinsic(
            f"llvm.fmuladd.{suffix}", (), ir.FunctionType(vector, [vector] * 3)
        )

        prefetch = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, i32, i32, i32]),
            "llvm.prefetch.p0",
        )

        def number(value):
            return ir.Constant(i64, value)

        def spread(value):
            empty = ir.Constant(vector, ir.Undefined)
            one = builder.insert_element(empty, value, ir.Constant(i32, 0))
            mask = ir.Constant(ir.VectorType(i32, LANES_OF), [0] * LANES_OF)
            return builder.shuffle_vector(one, empty, mask)

        def load(place, kind, align):
            loaded = builder.load(builder.inttoptr(place, kind.as_pointer()))
            loaded.align = align
            return loaded

        zero = ir.Constant(vector, None)
        stride, last = builder.mul(by_row, number(SIZE)), builder.sub(m, number(1))
        starts = []
        for r in range(HEIGHT):
            held = builder.select(builder.icmp_signed("<", number(r), m), number(r), last)
            starts.append(builder.add(a, builder.mul(held, stride)))
        before, loop = builder.block, builder.append_basic_block("tile")
        after = builder.append_basic_block("tile.stored")
        builder.branch(loop)
        builder.position_at_end(loop)
        count, along, across = builder.phi(i64), builder.phi(i64), builder.phi(i64)
        totals = [[builder.phi(vector) for _ in range(VECTORS)] for _ in range(HEIGHT)]
        entries = [
            load(builder.add(across, number(v * BYTES)), vector, BYTES) for v in range(VECTORS)
        ]
        sums = []
        for start, total in zip(starts, totals, strict=True):
            factor = spread(load(builder.add(start, along), real, SIZE))
            sums.append(
                [builder.call(product, [factor, *e]) for e in zip(entries, total, strict=True)]
            )
        hint = builder.udiv(count, number(PACE))
        hint = builder.add(soon, builder.mul(hint, step))
        for line in range(0, PAIR, LINE * SIZE):
            place = builder.inttoptr(builder.add(hint, number(line)), cgutils.voidptr_t)
            builder.call(prefetch, [place, *(ir.Constant(i32, e) for e in (0, 2, 1))])
        for phi, first, step in (
            (count, number(0), number(1)),
            (along, number(0), builder.mul(by_k, number(SIZE))),
            (across, panel, number(WIDTH * SIZE)),
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(builder.add(phi, step), loop)
        for total, summed in zip(totals, sums, strict=True):
            for phi, value in zip(total, summed, strict=True):
                phi.add_incoming(zero, before)
                phi.add_incoming(value, loop)
        more = builder.icmp_signed("<", count, builder.sub(k, number(1)))
        builder.cbranch(more, loop, after)
        builder.position_at_end(after)

        adding = builder.icmp_signed("!=", add, number(0))
        for r, summed in enumerate(sums):
            with builder.if_then(builder.icmp_signed("<", number(r), m)):
                start, places = builder.add(c, builder.mul(ldc, number(r * SIZE))), []
                for v in range(VECTORS):
                    place = builder.add(start, number(v * BYTES))
                    places.append(builder.inttoptr(place, vector.as_pointer()))
                with builder.if_else(adding) as (added, put):
                    with added:
                        for place, value in zip(places, summed, strict=True):
                            old = builder.load(place)
                            old.align = SIZE
                            builder.store(builder.fadd(old, value), place).align = SIZE
                    with put:
                        for place, value in zip(places, summed, strict=True):
                            builder.store(value, place).align = SIZE
        return context.get_dummy_value()

    return types.void(*[types.intp] * 11), codegen


@njit(error_model="numpy")
def pack(panel, b, ldb, k, n):
    """k rows of n floats, WIDTH apart; zeros fill them up."""
    if n == WIDTH:
        for i in range(k):
            source, target = row(ahead(b, i * ldb), WIDTH), row(ahead(panel, i * WIDTH), WIDTH)
            for j in range(WIDTH):
                target[j] = source[j]
        return
    for i in range(k):
        source, target = row(ahead(b, i * ldb), n), row(ahead(panel, i * WIDTH), WIDTH)
        for j in range(n):
            target[j] = source[j]
        for j in range(n, WIDTH):
            target[j] = F(0.0)


@njit(error_model="numpy")
def pack_turned(panel, b, ldb, k, n):
    """Row j of b becomes column j of the panel."""
    if n < WIDTH:
        whole = row(panel, k * WIDTH)
        whole[:] = F(0.0)
    for j in range(n):
        source, target = row(ahead(b, j * ldb), k), row(ahead(panel, j), k * WIDTH)
        for i in range(k):
            target[i * WIDTH] = source[i]


@njit(error_model="numpy")
def put(c, ldc, values, m, n, add):
    """The first n columns of m rows of a tile."""
    for i in range(m):
        target, source = row(ahead(c, i * ldc), n), row(ahead(values, i * WIDTH), n)
        for j in range(n):
            target[j] = target[j] + source[j] if add else source[j]


@cfunc(types.void(*[types.intp] * 13), cache=True)
def tiles(turned_a, turned_b, m, n, k, a, lda, b, ldb, add, c, ldc, room):
    """As `multiply`. While a panel is in use, the cache is told of the next."""
    parts = (k + DEPTH - 1) // DEPTH
    depth = (k + parts - 1) // parts
    spare = ahead(room, DEPTH * WIDTH)
    by_row, by_k = (1, lda) if turned_a else (lda, 1)
    for k0 in range(0, k, depth):
        deep, adding = min(depth, k - k0), 1 if add or k0 > 0 else 0
        for j in range(0, n, WIDTH):
            wide = min(WIDTH, n - j)
            if turned_b:
                pack_turned(room, ahead(b, j * ldb + k0), ldb, deep, wide)
            else:
                pack(room, ahead(b, k0 * ldb + j), ldb, deep, wide)
            next_j, next_k, done = j + WIDTH, k0, 0
            if next_j >= n:
                next_j, next_k = 0, k0 + depth
            for i in range(0, m, HEIGHT):
                soon, step = room, 0
                if next_k < k and done < deep:
                    step = ldb * SIZE
                    if turned_b:
                        soon = ahead(b, next_j * ldb + next_k + done)
                        done += PAIR // SIZE
                    else:
                        soon = ahead(b, (next_k + done) * ldb + next_j)
                        done += deep // PACE
                rows, high = ahead(a, i * by_row + k0 * by_k), min(HEIGHT, m - i)
                out = ahead(c, i * ldc + j)
                if wide == WIDTH:
                    tile(out, ldc, rows, by_row, by_k, room, deep, high, adding, soon, step)
                else:
                    tile(spare, WIDTH, rows, by_row, by_k, room, deep, high, 0, soon, step)
                    put(out, ldc, spare, high, wide, adding)
