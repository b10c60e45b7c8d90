"""What must be true of every derivation."""

from __future__ import annotations

import itertools

from backproof.calculus.step import Derivation
from backproof.expr.node import Expr, walk


def assert_unbroken(derivation: Derivation) -> None:
    """Every chain of lines goes from its question to its answer without a gap."""
    assert len({s.quantity for s in derivation.stages}) == len(derivation.stages), "derived twice"
    known: set[Expr] = set()
    for stage in derivation.stages:
        lines = [s for s in stage.steps if s.before.op != "path"]
        assert lines[0].before.op == "gradient"
        assert lines[0].before.args[1] is stage.quantity
        for one, after in itertools.pairwise(lines):
            assert one.after is after.before, (one.law, after.law)
        assert lines[-1].after is (stage.name or stage.result)
        ops = {e.op for e in walk([stage.result])}
        assert not ops & {"gradient", "path", "derivative"}, "something is left to be done"
        for e in stage.reused:
            assert e in known, "used before it is derived"
        if stage.name is not None:
            known.add(stage.name)
        for link in stage.links:
            for steps in (link.steps, link.prepared):
                for one, after in itertools.pairwise(steps):
                    assert after.before in (one.after, *_behind(one.after)), (one.law, after.law)
    for steps in (*derivation.stable.values(), *derivation.products.values()):
        assert steps


def _behind(e: Expr) -> tuple[Expr, ...]:
    """What stands behind the signs and the factor of a mean that is set aside, `-c D`: it is
    worked out next."""
    return _behind(e.args[0]) if e.op == "neg" else (e, *e.args)
