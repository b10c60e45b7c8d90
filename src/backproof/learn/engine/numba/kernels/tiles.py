# pyright: basic, reportCallIssue=false, reportPrivateImportUsage=false
# ruff: noqa: PLR0917 - native functions take no keywords
"""Products of matrices by tiles that stay in registers.

Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008), less what the rows
of a batch do not need: panels of B are packed to lie in the first-level cache unless all of B
does, A is read where it lies.
"""

from numba import cfunc, njit
from numba.core import types

from backproof.learn.engine.numba.kernels.fields import ROOM_FOR
from backproof.learn.engine.numba.kernels.native import SIZE, F, ahead, row
from backproof.learn.engine.numba.kernels.tile import (
    BYTES,
    HEIGHT,
    LANES_OF,
    LOW,
    MIDDLE,
    PACE,
    PAIR,
    WIDTH,
    high_tile,
    low_tile,
    middle_tile,
    move,
    thin_high,
    thin_low,
    thin_middle,
    turn_square,
)

DEPTH = 272  # of a panel: 32 kB or so with WIDTH
# Bytes of a B that is read where it lies: what the first-level cache holds, or where vectors are
# long, and with them tiles, the second.
AT_HAND = 1 << 19 if BYTES == 64 else 1 << 15
assert (DEPTH + HEIGHT) * WIDTH <= ROOM_FOR


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
        for j in range(0, WIDTH, LANES_OF):
            some = min(max(n - j, 0), LANES_OF)
            move(ahead(b, i * ldb + j), ahead(panel, i * WIDTH + j), some, 1, 0)


@njit(error_model="numpy")
def pack_turned(panel, b, ldb, k, n):
    """Row j of b becomes column j of the panel."""
    if n < WIDTH:
        whole = row(panel, k * WIDTH)
        whole[:] = F(0.0)
    squares, deep = n - n % LANES_OF, k - k % LANES_OF
    for j in range(0, squares, LANES_OF):
        for i in range(0, deep, LANES_OF):
            turn_square(ahead(b, j * ldb + i), ldb, ahead(panel, i * WIDTH + j), WIDTH)
    for j in range(n):
        source, target = row(ahead(b, j * ldb), k), row(ahead(panel, j), k * WIDTH)
        for i in range(deep if j < squares else 0, k):
            target[i * WIDTH] = source[i]


@njit(error_model="numpy")
def put(c, ldc, values, m, n, add):
    """The first n columns of m rows of a tile."""
    for i in range(m):
        for j in range(0, n, LANES_OF):
            some = min(n - j, LANES_OF)
            move(ahead(values, i * WIDTH + j), ahead(c, i * ldc + j), some, 0, add)


@njit
def wide_tile(c, ldc, a, by_row, by_k, b, by_line, k, m, add, soon, step):
    if m > MIDDLE:
        high_tile(c, ldc, a, by_row, by_k, b, by_line, k, m, add, soon, step)
    elif m > LOW:
        middle_tile(c, ldc, a, by_row, by_k, b, by_line, k, m, add, soon, step)
    else:
        low_tile(c, ldc, a, by_row, by_k, b, by_line, k, m, add, soon, step)


@njit
def thin_tile(c, ldc, a, by_row, by_k, b, by_line, k, m, add):
    """LANES_OF columns."""
    if m > MIDDLE:
        thin_high(c, ldc, a, by_row, by_k, b, by_line, k, m, add, 0, 0)
    elif m > LOW:
        thin_middle(c, ldc, a, by_row, by_k, b, by_line, k, m, add, 0, 0)
    else:
        thin_low(c, ldc, a, by_row, by_k, b, by_line, k, m, add, 0, 0)


@cfunc(types.void(*[types.intp] * 13), cache=True)
def tiles(turned_a, turned_b, m, n, k, a, lda, b, ldb, add, c, ldc, room):
    """As `multiply`. While a panel is in use, the cache is told of the next."""
    parts = (k + DEPTH - 1) // DEPTH
    depth = (k + parts - 1) // parts
    spare = ahead(room, DEPTH * WIDTH)
    by_row, by_k = (1, lda) if turned_a else (lda, 1)
    at_hand = not turned_b and k * n * SIZE <= AT_HAND
    for k0 in range(0, k, depth):
        deep, adding = min(depth, k - k0), 1 if add or k0 > 0 else 0
        for j in range(0, n, WIDTH):
            wide = min(WIDTH, n - j)
            panel, by_line = room, WIDTH
            if turned_b:
                pack_turned(room, ahead(b, j * ldb + k0), ldb, deep, wide)
            elif at_hand and wide in (WIDTH, LANES_OF):
                panel, by_line = ahead(b, k0 * ldb + j), ldb
            else:
                pack(room, ahead(b, k0 * ldb + j), ldb, deep, wide)
            next_j, next_k, done = j + WIDTH, k0, 0
            if next_j >= n:
                next_j, next_k = 0, k0 + depth
            for i in range(0, m, HEIGHT):
                rows, high = ahead(a, i * by_row + k0 * by_k), min(HEIGHT, m - i)
                out = ahead(c, i * ldc + j)
                soon, step = room, 0
                if next_k < k and done < deep and not at_hand:
                    step = ldb * SIZE
                    if turned_b:
                        soon = ahead(b, next_j * ldb + next_k + done)
                        done += PAIR // SIZE
                    else:
                        soon = ahead(b, (next_k + done) * ldb + next_j)
                        done += deep // PACE
                if wide == WIDTH:
                    wide_tile(
                        out, ldc, rows, by_row, by_k, panel, by_line, deep, high, adding, soon, step
                    )
                elif wide == LANES_OF:
                    thin_tile(out, ldc, rows, by_row, by_k, panel, by_line, deep, high, adding)
                else:
                    if wide < LANES_OF:
                        thin_tile(spare, WIDTH, rows, by_row, by_k, room, WIDTH, deep, high, 0)
                    else:
                        wide_tile(
                            spare, WIDTH, rows, by_row, by_k, room, WIDTH, deep, high, 0, soon, step
                        )
                    put(out, ldc, spare, high, wide, adding)
