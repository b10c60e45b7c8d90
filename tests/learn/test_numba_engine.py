"""The Numba engine computes what NumPy computes, the same bits on any number of threads."""

from __future__ import annotations

import sys
from typing import Any

import mpmath
import numpy as np
import pytest
from threadpoolctl import threadpool_info

from backproof.learn.engine.base import Optimizer
from backproof.learn.engine.numba import NumbaEngine, cache, elementwise, source
from backproof.learn.kernels import kernels
from backproof.learn.net import Net


@pytest.fixture(autouse=True)
def _compiled_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code lies with pytest's own cache."""
    place = request.config.cache.mkdir("numba-engine")
    monkeypatch.setattr(cache, "folder", lambda: place)


def start(net: Net, dtype: Any = np.float64) -> dict[str, Any]:
    draw = np.random.default_rng(3)
    shapes = net.shapes.items()
    return {k: draw.normal(size=s).astype(dtype) / s[0] ** 0.5 for k, s in shapes}


def table(net: Net, rows: int, dtype: Any = np.float64) -> dict[str, Any]:
    draw = np.random.default_rng(4)
    data = {"X": draw.normal(size=(rows, net.sizes[0]))}
    if net.loss == "cross_entropy":
        data["Y"] = np.eye(net.sizes[-1])[draw.integers(0, net.sizes[-1], rows)]
    else:
        data["Y"] = draw.integers(0, 2, (rows, net.sizes[-1]))
    if net.weighted:
        data["s"] = draw.uniform(0.5, 2, (rows, 1))
    return {k: v.astype(dtype) for k, v in data.items()}


def engine(net: Net, dtype: Any = np.float64, **options: Any) -> NumbaEngine:
    optimizer = options.pop("optimizer", Optimizer())
    parameters = options.pop("parameters", None) or start(net, dtype)
    return NumbaEngine(kernels(net.derivation), parameters, optimizer, alpha=net.alpha, **options)


def sigmoid(z: Any) -> Any:
    return np.exp(-np.logaddexp(0, -z))


VALUES = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "logistic": sigmoid,
    "tanh": np.tanh,
    "silu": lambda z: z * sigmoid(z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
}
LOSSES = {
    "squared_error": lambda z, y: ((z - y) ** 2 / 2).sum(axis=1),
    "log_loss": lambda z, y: (np.logaddexp(0, z) - y * z).sum(axis=1),
    "cross_entropy": lambda z, y: np.log(np.exp(z - z.max(1, keepdims=True)).sum(1)) + z.max(1) - (y * z).sum(1),
    "log_cosh": lambda z, y: np.log(np.cosh(z - y)).sum(axis=1),
}  # fmt: skip


def loss(net: Net, parameters: dict[str, Any], data: dict[str, Any]) -> float:
    """Written by hand, for an output that the loss takes as logits."""
    a, layers = data["X"], len(net.sizes) - 1
    for i in range(1, layers + 1):
        z = a @ parameters[f"W{i}"] + parameters[f"b{i}"]
        a = VALUES[net.activations[i - 1]](z) if i < layers else z
    s = data["s"][:, 0] if net.weighted else np.ones(len(a))
    penalty = sum((parameters[f"W{i}"] ** 2).sum() for i in range(1, layers + 1))
    return ((s * LOSSES[net.loss](a, data["Y"])).sum() + net.alpha / 2 * penalty) / s.sum()


def slopes(net: Net, parameters: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Gradients by central differences, entry by entry."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        slope = np.empty_like(value)
        for at in np.ndindex(value.shape):
            kept, ends = value[at], []
            for step in (1e-5, -1e-5):
                value[at] = kept + step
                ends.append(loss(net, parameters, data))
            value[at] = kept
            slope[at] = (ends[0] - ends[1]) / 2e-5
        found[name] = slope
    return found


TINY = Net((3, 5, 1), ("logistic", "logistic"), "log_loss")
NETS = {
    "tiny": TINY,
    "tiny, weights and penalty": Net((3, 5, 2), ("tanh", "identity"), "squared_error", True, 0.7),
    "tiny, softmax, weights": Net((3, 4, 3), ("relu", "softmax"), "cross_entropy", True),
    "one layer": Net((20, 10), ("softmax",), "cross_entropy", False, 0.1),
    "two hidden layers": Net((12, 10, 9, 3), ("relu", "tanh", "softmax"), "cross_entropy"),
    "many outputs, weights": Net((12, 11, 4), ("logistic", "logistic"), "log_loss", True, 0.2),
    "no activation": Net((20, 8, 1), ("identity", "identity"), "squared_error", True),
    "emitted": Net((12, 9, 8, 3), ("silu", "elu", "identity"), "log_cosh", True, 0.3),
}


@pytest.mark.parametrize("rows", [1, 45])
@pytest.mark.parametrize("name", NETS)
def test_gradients_are_those_of_finite_differences(name: str, rows: int) -> None:
    net = NETS[name]
    data, parameters = table(net, rows), start(net)
    found, gradients = engine(net).loss_and_gradients(data)
    assert found == pytest.approx(loss(net, parameters, data), rel=1e-12)
    wanted = slopes(net, parameters, data)
    for key, value in wanted.items():
        np.testing.assert_allclose(gradients[key], value, atol=1e-8, err_msg=key)


CUTS = {
    "slices": (Net((130, 90, 10, 2), ("tanh", "relu", "identity"), "squared_error"), 200),
    "slices of a few weights": (Net((30, 64, 32, 1), ("relu", "tanh", "logistic"), "log_loss"), 90),
    "many of them": (Net((40, 50, 20, 3), ("relu", "tanh", "softmax"), "cross_entropy", True), 270),
    "columns": (Net((600, 500, 4), ("relu", "softmax"), "cross_entropy", True, 0.1), 300),
    "blocks": (Net((30, 20, 1), ("relu", "logistic"), "log_loss", True, 0.1), 5000),
    "blocks of one thread": (Net((3, 8, 1), ("relu", "logistic"), "log_loss"), 2000),
}


@pytest.mark.parametrize("name", CUTS)
def test_however_a_batch_is_cut_its_gradient_is_the_mean_of_its_parts(name: str) -> None:
    """Parts of 32 rows are cut in one way only."""
    net, rows = CUTS[name]
    data, made = table(net, rows), engine(net)
    whole, gradients = made.loss_and_gradients(data)
    bare = Net(net.sizes, net.activations, net.loss, net.weighted)
    part_of = engine(bare, parameters=start(net))
    share = data.get("s", np.ones((rows, 1)))
    total = dict.fromkeys(net.shapes, 0.0)
    losses = 0.0
    for first in range(0, rows, 32):
        part = {k: v[first : first + 32] for k, v in data.items()}
        weight = share[first : first + 32].sum() / share.sum()
        one, slopes_of = part_of.loss_and_gradients(part)
        losses += weight * one
        total = {k: v + weight * slopes_of[k] for k, v in total.items()}
    parameters = start(net)
    for key, value in total.items():
        if key.startswith("W"):
            losses += net.alpha / 2 * (parameters[key] ** 2).sum() / share.sum()
            value = value + net.alpha * parameters[key] / share.sum()  # noqa: PLW2901
        np.testing.assert_allclose(gradients[key], value, rtol=1e-9, atol=1e-12, err_msg=key)
    assert whole == pytest.approx(losses, rel=1e-12)


OPTIMIZERS = {
    "sgd": Optimizer("sgd", momentum=0.0),
    "momentum": Optimizer("sgd", momentum=0.8, nesterov=False),
    "nesterov": Optimizer("sgd", momentum=0.8),
    "adam": Optimizer("adam"),
}


def step(kind: Optimizer, rate: float, t: int, *, w: Any, g: Any, m: Any, v: Any) -> None:
    """One update in place, as the books write it."""
    if kind.kind == "adam":
        m[...] = kind.beta_1 * m + (1 - kind.beta_1) * g
        v[...] = kind.beta_2 * v + (1 - kind.beta_2) * g * g
        rate *= np.sqrt(1 - kind.beta_2**t) / (1 - kind.beta_1**t)
        w -= rate * m / (np.sqrt(v) + kind.epsilon)
        return
    m[...] = kind.momentum * m - rate * g
    w += kind.momentum * m - rate * g if kind.nesterov else m


@pytest.mark.parametrize("name", ["tiny, weights and penalty", "many outputs, weights"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_epochs_are_the_optimizers_written_out(optimizer: str, name: str) -> None:
    net, kind = NETS[name], OPTIMIZERS[optimizer]
    data, made = table(net, 101), engine(net, optimizer=kind)
    gradient = engine(net)
    w = {k: v.copy() for k, v in start(net).items()}
    m, v = ({k: np.zeros(s) for k, s in net.shapes.items()} for _ in range(2))
    t = 0
    for _ in range(3):
        total = 0.0
        for first in range(0, 101, 40):
            t += 1
            batch = {k: e[first : first + 40] for k, e in data.items()}
            for key, value in w.items():
                gradient.parameters[key][...] = value
            one, slopes_of = gradient.loss_and_gradients(batch)
            total += one * len(batch["X"])
            for key, value in w.items():
                step(kind, 0.05, t, w=value, g=slopes_of[key], m=m[key], v=v[key])
        assert made.epoch(data, 40, 0.05, None) == pytest.approx(total / 101, rel=1e-10)
    assert made.slots.updates == t
    for key, value in w.items():
        np.testing.assert_allclose(made.parameters[key], value, rtol=1e-8, atol=1e-10)


def order(seed: int, rows: int) -> list[int]:
    """Fisher and Yates over SplitMix64."""
    mask, drawn = 2**64 - 1, list(range(rows))
    for i in range(rows - 1, 0, -1):
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        bits = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
        j = ((bits ^ (bits >> 31)) >> 32) * (i + 1) >> 32
        drawn[i], drawn[j] = drawn[j], drawn[i]
    return drawn


@pytest.mark.parametrize("name", ["tiny, softmax, weights", "many outputs, weights"])
def test_a_seed_trains_over_the_table_in_the_order_that_it_draws(name: str) -> None:
    net = NETS[name]
    data = table(net, 101)
    drawn, laid = engine(net), engine(net)
    assert sorted(order(5, 101)) == list(range(101))
    one = drawn.epoch(data, 40, 0.01, 5)
    assert one == laid.epoch({k: v[order(5, 101)] for k, v in data.items()}, 40, 0.01, None)
    for key in net.shapes:
        assert np.array_equal(drawn.parameters[key], laid.parameters[key])


WORKS = {
    "small": (Net((30, 64, 32, 1), ("relu", "relu", "logistic"), "log_loss", True, 0.1), 64),
    "slices": (Net((200, 100, 10), ("relu", "softmax"), "cross_entropy", False, 0.1), 128),
    "columns": (Net((600, 600, 10), ("tanh", "softmax"), "cross_entropy"), 100),
    "blocks": (Net((100, 64, 1), ("logistic", "logistic"), "log_loss"), 3000),
}


@pytest.mark.parametrize("name", WORKS)
def test_any_number_of_threads_gives_the_same_bits(name: str) -> None:
    net, batch = WORKS[name]
    data = table(net, 3700 if batch > 1024 else 300, np.float32)
    crews = [engine(net, np.float32, threads=threads) for threads in (1, 2, 3)]
    losses = [[crew.epoch(data, batch, 0.01, seed) for seed in (1, 2)] for crew in crews]
    assert crews[1]._pool.count == 2
    assert losses[0] == losses[1] == losses[2]
    for key, value in crews[0].parameters.items():
        assert np.array_equal(value, crews[1].parameters[key])
        assert np.array_equal(value, crews[2].parameters[key])
    for crew in crews:
        crew.close()


@pytest.mark.parametrize("name", ["tiny", "one layer", "many outputs, weights"])
def test_nothing_overflows_far_from_zero(name: str) -> None:
    net = NETS[name]
    parameters = {k: v * 1e4 for k, v in start(net, np.float32).items()}
    found, gradients = engine(net, parameters=parameters).loss_and_gradients(
        table(net, 64, np.float32)
    )
    assert np.isfinite(found)
    for key, value in gradients.items():
        assert np.isfinite(value).all(), key


@pytest.mark.parametrize("name", ["tiny", "two hidden layers"])
def test_what_is_not_a_number_is_not_hidden(name: str) -> None:
    net = NETS[name]
    data = table(net, 64, np.float32)
    data["X"][3] = np.nan
    assert np.isnan(engine(net, np.float32).epoch(data, 32, 0.1, 1))


REFERENCES = {
    "exp": mpmath.exp,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
}


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_polynomials_are_right_to_units_in_the_last_place(name: str, kind: str) -> None:
    from numba import njit

    module = source.load(source.generic(kind, elementwise.source(elementwise.COMMON)), kind)
    function = getattr(module, name)

    @njit
    def every(x: Any, out: Any) -> None:
        for i in range(len(x)):
            out[i] = function(x[i])

    far = 80 if kind == "float32" else 700
    near = np.geomspace(1e-6, far, 400)
    x = np.concatenate([-near, [0], near, np.linspace(-2, 2, 301)]).astype(kind)
    out = np.empty_like(x)
    every(x, out)
    with mpmath.workdps(40):
        wanted = [REFERENCES[name](mpmath.mpf(float(e))) for e in x]
        off = [abs(mpmath.mpf(float(e)) - w) for e, w in zip(out, wanted, strict=True)]
    unit = np.spacing(np.abs(np.array([float(w) for w in wanted])).astype(kind)).astype(float)
    most = 3 if name == "softplus" else 2
    assert max(float(e) / u for e, u in zip(off, unit, strict=True)) < most


def test_exp_overflows_and_underflows_like_everyones() -> None:
    from numba import njit

    module = source.load(
        source.generic("float32", elementwise.source(elementwise.COMMON)), "float32"
    )
    exp = module.exp

    @njit
    def one(x: Any) -> Any:
        return exp(x)

    values = [one(np.float32(x)) for x in (88.5, 90, -np.inf, np.inf, -95.0)]
    assert values[0] == pytest.approx(np.exp(88.5), rel=1e-6)
    assert values[1:4] == [np.inf, 0, np.inf]
    assert values[4] == pytest.approx(np.exp(-95.0), rel=1e-3)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("hidden", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize(
    ("output", "name"),
    [("identity", "squared_error"), ("logistic", "log_loss"), ("softmax", "cross_entropy")],
)
def test_usual_networks_need_nothing_compiled_for_them(
    output: str, name: str, hidden: str, weighted: bool
) -> None:
    net = Net((4, 3, 2), (hidden, output), name, weighted)
    assert elementwise.table(kernels(net.derivation)) is elementwise.COMMON


def test_a_later_process_finds_machine_code() -> None:
    text = source.generic("float32", elementwise.source(elementwise.COMMON))
    name = cache.module(text).__name__
    kept = sys.modules.pop(name)  # another test may have it from another folder
    try:
        engine(TINY, np.float32).epoch(table(TINY, 8), 4, 0.1, 1)
        del sys.modules[name]
        engine(TINY, np.float32).epoch(table(TINY, 8), 4, 0.1, 1)
        stats = sys.modules[name].run.stats
        assert (sum(stats.cache_hits.values()), sum(stats.cache_misses.values())) == (1, 0)
    finally:
        sys.modules[name] = kept


def test_a_text_is_a_module_where_nothing_can_be_kept(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setattr(cache, "folder", lambda: blocked / "below")
    assert cache.module("answer = 42\n").answer == 42


def test_a_changed_file_in_the_cache_is_not_run(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "folder", lambda: tmp_path)
    made = cache.module("answer = 43\n")
    (tmp_path / f"{made.__name__}.py").write_text("answer = 44\n")
    monkeypatch.delitem(sys.modules, made.__name__)
    assert cache.module("answer = 43\n").answer == 43


def test_training_goes_on_where_its_slots_stopped() -> None:
    net = NETS["many outputs, weights"]
    data = table(net, 101)
    whole, first = engine(net), engine(net)
    for seed in (1, 2):
        whole.epoch(data, 40, 0.01, seed)
    first.epoch(data, 40, 0.01, 1)
    second = engine(net, parameters=first.parameters, slots=first.slots)
    second.epoch(data, 40, 0.01, 2)
    for key in net.shapes:
        assert np.array_equal(whole.parameters[key], second.parameters[key])


def test_parameters_are_changed_in_place() -> None:
    made = engine(TINY)
    before = dict(made.parameters)
    values = {k: v.copy() for k, v in before.items()}
    made.epoch(table(TINY, 20), 8, 0.1, 1)
    assert all(made.parameters[k] is v for k, v in before.items())
    assert not any(np.array_equal(values[k], v) for k, v in before.items())


def test_blas_has_its_threads_back_afterwards() -> None:
    net, batch = WORKS["columns"]

    def threads() -> list[int]:
        return [e["num_threads"] for e in threadpool_info() if e["user_api"] == "blas"]

    before = threads()
    engine(net, np.float32).epoch(table(net, 100, np.float32), batch, 0.01, 1)
    assert threads() == before
