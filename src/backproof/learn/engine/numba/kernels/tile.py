# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0915, PLR0917 - one loop in LLVM's terms; native functions take no keywords
"""A tile of a product of matrices, in registers from its first term to its last."""

import llvmlite.binding
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.extending import intrinsic

from backproof.learn.engine.numba.kernels.native import LINE, SIZE


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
MIDDLE, LOW = (HEIGHT * 5 + 4) // 8, (HEIGHT + 2) // 4 + 1  # rows of the last tile, if it has fewer
LANES_OF = BYTES // SIZE
WIDTH = VECTORS * LANES_OF
PAIR, PACE = 128, 4


def _tile(height, vectors, hints=True):
    """C = A B, added to C if `add`, for m <= height rows and as many columns as the vectors have;
    rows of B lie `by_line` apart.

    All rows of a tile are computed, the last one again for those that are too many. Meanwhile the
    cache is told of PAIR bytes at `soon`, and so on every `step` bytes, once in PACE turns.
    """

    def typed(typingctx, c, ldc, a, by_row, by_k, b, by_line, k, m, add, soon, step):
        return types.void(*[types.intp] * 12), codegen

    def codegen(context, builder, signature, args):
        c, ldc, a, by_row, by_k, b, by_line, k, m, add, soon, step = args
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

        def load(place, kind):
            loaded = builder.load(builder.inttoptr(place, kind.as_pointer()))
            loaded.align = SIZE
            return loaded

        zero = ir.Constant(vector, None)
        stride, last = builder.mul(by_row, number(SIZE)), builder.sub(m, number(1))
        starts = []
        for r in range(height):
            held = builder.select(builder.icmp_signed("<", number(r), m), number(r), last)
            starts.append(builder.add(a, builder.mul(held, stride)))
        before, loop = builder.block, builder.append_basic_block("tile")
        after = builder.append_basic_block("tile.stored")
        builder.branch(loop)
        builder.position_at_end(loop)
        count, along, across = builder.phi(i64), builder.phi(i64), builder.phi(i64)
        totals = [[builder.phi(vector) for _ in range(vectors)] for _ in range(height)]
        entries = [load(builder.add(across, number(v * BYTES)), vector) for v in range(vectors)]
        sums = []
        for start, total in zip(starts, totals, strict=True):
            factor = spread(load(builder.add(start, along), real))
            sums.append(
                [builder.call(product, [factor, *e]) for e in zip(entries, total, strict=True)]
            )
        if hints:
            hint = builder.udiv(count, number(PACE))
            hint = builder.add(soon, builder.mul(hint, step))
            for line in range(0, PAIR, LINE * SIZE):
                place = builder.inttoptr(builder.add(hint, number(line)), cgutils.voidptr_t)
                builder.call(prefetch, [place, *(ir.Constant(i32, e) for e in (0, 2, 1))])
        for phi, first, step in (
            (count, number(0), number(1)),
            (along, number(0), builder.mul(by_k, number(SIZE))),
            (across, b, builder.mul(by_line, number(SIZE))),
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
                for v in range(vectors):
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

    return intrinsic(typed)


high_tile, middle_tile, low_tile = (_tile(h, VECTORS) for h in (HEIGHT, MIDDLE, LOW))
thin_high, thin_middle, thin_low = (_tile(h, 1, hints=False) for h in (HEIGHT, MIDDLE, LOW))


@intrinsic
def turn_square(typingctx, source, lds, target, ldt):
    """Entry (i, j) of LANES_OF x LANES_OF floats becomes entry (j, i); `target` is aligned.

    As many times as halving leads to one, the upper half of the vectors is shuffled with the lower
    like two halves of a pack of cards.
    """

    def codegen(context, builder, signature, args):
        source, lds, target, ldt = args
        real = context.get_value_type(types.float32 if SIZE == 4 else types.float64)
        i64, i32, n = ir.IntType(64), ir.IntType(32), LANES_OF
        vector = ir.VectorType(real, n)

        def place(start, ld, i):
            step = builder.mul(ld, ir.Constant(i64, i * SIZE))
            return builder.inttoptr(builder.add(start, step), vector.as_pointer())

        held = []
        for i in range(n):
            loaded = builder.load(place(source, lds, i))
            loaded.align = SIZE
            held.append(loaded)
        masks = [
            ir.Constant(ir.VectorType(i32, n), [(first + i // 2) + i % 2 * n for i in range(n)])
            for first in (0, n // 2)
        ]
        for _ in range(n.bit_length() - 1):
            pairs = zip(held[: n // 2], held[n // 2 :], strict=True)
            held = [builder.shuffle_vector(a, b, mask) for a, b in pairs for mask in masks]
        for i, value in enumerate(held):
            builder.store(value, place(target, ldt, i)).align = SIZE
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), codegen


@intrinsic
def move(typingctx, source, target, n, filled, add):
    """A vector's first n floats, at most LANES_OF, from place to place, and added there if `add`;
    zeros after them if `filled`."""

    def codegen(context, builder, signature, args):
        source, target, n, filled, add = args
        real = context.get_value_type(types.float32 if SIZE == 4 else types.float64)
        i1, i32, i64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
        vector, mask = ir.VectorType(real, LANES_OF), ir.VectorType(i1, LANES_OF)
        suffix = f"v{LANES_OF}f{SIZE * 8}.p0"
        kind = ir.FunctionType(vector, [cgutils.voidptr_t, i32, mask, vector])
        load = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.load.{suffix}")
        kind = ir.FunctionType(ir.VoidType(), [vector, cgutils.voidptr_t, i32, mask])
        store = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.store.{suffix}")
        counts = ir.VectorType(i64, LANES_OF)

        def below(limit):
            one = builder.insert_element(
                ir.Constant(counts, ir.Undefined), limit, ir.Constant(i32, 0)
            )
            zeros = ir.Constant(ir.VectorType(i32, LANES_OF), [0] * LANES_OF)
            limits = builder.shuffle_vector(one, ir.Constant(counts, ir.Undefined), zeros)
            return builder.icmp_signed("<", ir.Constant(counts, list(range(LANES_OF))), limits)

        some, size, zero = below(n), ir.Constant(i32, SIZE), ir.Constant(vector, None)
        none, whole = ir.Constant(i64, 0), ir.Constant(i64, LANES_OF)
        written = below(builder.select(builder.icmp_signed("!=", filled, none), whole, n))
        added = below(builder.select(builder.icmp_signed("!=", add, none), n, none))
        source, target = (builder.inttoptr(e, cgutils.voidptr_t) for e in (source, target))
        value = builder.call(load, [source, size, some, zero])
        old = builder.call(load, [target, size, added, zero])
        builder.call(store, [builder.fadd(value, old), target, size, written])
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), codegen
