"""Random networks: every step proven, every gradient the one that automatic differentiation
gives."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings

from backproof.calculus.derive import derive
from backproof.expr.build import gradient, total
from backproof.expr.node import Expr, walk
from backproof.expr.values import evaluate

from ..expr.jaxed import gradient_of, worth
from .claims import assert_unbroken
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
    assert_unbroken(derivation)
    for plain in network.wrt:
        quantity: Expr = network.model[plain]
        ours = worth(derivation.gradients[plain], network.values, SIZES)
        theirs = gradient_of(network.model.loss, quantity, network.values, SIZES)
        assert derivation.gradients[plain].shape == quantity.shape
        assert_close(ours, theirs, plain)
        again = np.asarray(evaluate(derivation.gradients[plain], network.plain))
        assert_close(again.reshape(ours.shape), theirs, f"{plain}, evaluated")


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(networks())
def test_a_network_derives_proves_and_agrees_with_jax(network: Network) -> None:
    check(network)


def check_again(network: Network) -> None:
    """The gradient of the sum of all entries of a gradient: a row sum of second derivatives."""
    plain = next((p for p in network.wrt if network.model[p].op == "name"), None)
    if plain is None:
        return
    quantity = network.model[plain]
    first = derive(network.model, plain).gradients[plain]
    if not any(e.op == "name" for e in walk([first])):
        return  # a number: nothing to derive by
    again = derive(total(first))
    loss = total(gradient(network.model.loss, quantity))
    for e in network.values:
        if e.attr.plain not in again.gradients or e in network.model.sums_to_one:
            continue  # that a target sums to one may have been used in the gradient
        ours = worth(again.gradients[e.attr.plain], network.values, SIZES)
        theirs = gradient_of(loss, e, network.values, SIZES)
        assert_close(ours, theirs, f"{e.attr.plain} of the gradient by {plain}")


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(networks(4))
def test_what_is_derived_can_be_derived_again(network: Network) -> None:
    check_again(network)
