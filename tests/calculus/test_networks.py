"""Random networks: every step proven, every gradient the one that automatic differentiation gives."""

from __future__ import annotations

import numpy as np
from backproof.calculus.derive import derive
from backproof.expr.node import Expr
from hypothesis import HealthCheck, given, settings

from ..expr.jaxed import gradient_of, worth
from .networks import SIZES, Network, networks


def assert_close(ours: object, theirs: object, what: str) -> None:
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert a.shape == b.shape, f"{what}: {a.shape} and {b.shape}"
    scale = max(1.0, float(np.abs(b).max()))
    worst = float(np.abs(a - b).max())
    assert worst <= 1e-8 * scale, f"{what}: {worst} apart\n{a}\n{b}"


def check(network: Network) -> None:
    derivation = derive(network.model, network.wrt)
    certificate = derivation.certificate
    assert certificate.undecided == certificate.unchecked == 0
    for plain in network.wrt:
        quantity: Expr = network.model[plain]
        ours = worth(derivation.gradients[plain], network.values, SIZES)
        theirs = gradient_of(network.model.loss, quantity, network.values, SIZES)
        assert derivation.gradients[plain].shape == quantity.shape
        assert_close(ours, theirs, plain)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(networks())
def test_a_network_derives_proves_and_agrees_with_jax(network: Network) -> None:
    check(network)
