"""Products of matrices by tiles, beside NumPy's."""

import ctypes
import importlib

import numpy as np
import pytest

pytest.importorskip("numba")
source = importlib.import_module("backproof.learn.engine.numba.source")


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("turned_a", [0, 1])
@pytest.mark.parametrize("turned_b", [0, 1])
@pytest.mark.parametrize("add", [0, 1])
@pytest.mark.parametrize(
    "size", [(64, 32, 30), (1, 1, 1), (37, 71, 613), (26, 64, 272), (17, 45, 40), (17, 44, 40)]
)
def test_every_kind_of_product(kind, turned_a, turned_b, add, size):
    tiles = source.tiles(kind).tiles.ctypes
    (m, n, k), draw = size, np.random.default_rng(3)
    a, b = draw.normal(size=(m, k)).astype(kind), draw.normal(size=(k, n)).astype(kind)
    c = draw.normal(size=(m, n + 5)).astype(kind)
    wanted = np.hstack([a @ b + add * c[:, :n], c[:, n:]])
    a, b = np.array(a.T if turned_a else a, order="C"), np.array(b.T if turned_b else b, order="C")
    room = np.empty((1 << 14) + 16, kind)
    place = -(-room.ctypes.data // 64) * 64
    tiles(
        turned_a, turned_b, m, n, k, a.ctypes.data, a.shape[1], b.ctypes.data, b.shape[1], add,
        c.ctypes.data, n + 5, ctypes.c_int64(place).value,
    )  # fmt: skip
    np.testing.assert_allclose(c, wanted, rtol=0, atol=np.finfo(kind).eps * 8 * (k + 8))
