"""What part a free name plays, by its letter and its indices; and how large it is likely to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ...expr.model import Role
from ...expr.name import Name

Kind = Literal["scalar", "vector", "matrix", "input", "inputs", "target", "targets"]

_SCALARS = frozenset(
    "lambda epsilon varepsilon eps eta tau alpha beta gamma delta kappa mu nu rho sigma zeta Delta"
    " lam lambda_ lmbda lambd reg lr temperature margin momentum strength decay".split()
)
_CONSTANTS = frozenset(
    "lambda epsilon varepsilon eps eta tau alpha delta kappa rho Delta C lam lambda_ lmbda lambd"
    " reg lr temperature margin momentum strength decay".split()
)
_INPUTS = frozenset("x X input inputs".split())
_STARTS = frozenset("a A h H c C s S z Z".split())
_TARGETS = frozenset("y Y t T target targets label labels".split())


def is_weight(name: Name) -> bool:
    """Whether a letter always means trained weights, whose shape can't depend on the samples."""
    return name.base in ("W", "w", "U", "Theta", "theta", "b")


def is_start(name: Name) -> bool:
    r"""`a^{(0)}`, `h_0`, `c_{t-1}`: what comes into the network from before its first layer."""
    if name.base not in _STARTS:
        return False
    return name.layer == "0" or name.sub == "0" or name.sub.endswith("-1") or (
        name.layer.endswith("-1")
    )  # fmt: skip


def step_before(name: Name) -> Name:
    """The name of the same quantity one step earlier: `h_{t-1}` for `h_t`."""
    if not name.sub.isalpha() or len(name.sub) != 1:
        return name
    return replace(name, sub=f"{name.sub}-1")


def step_after(name: Name) -> Name:
    """The name of the same quantity one step later: `h_t` for `h_{t-1}`."""
    letter = name.sub.removesuffix("-1")
    return replace(name, sub=letter) if letter != name.sub else name


def kind_of(name: Name) -> Kind:
    """What a free name most likely is, before anything is known about its shape."""
    base = name.base
    if base in _INPUTS or is_start(name):
        return "inputs" if base[0].isupper() else "input"
    if base in _TARGETS and not name.marks:
        return "targets" if base[0].isupper() else "target"
    if base in _SCALARS:
        return "scalar"
    if len(base) > 1 and base[0].isupper() and base.lower() in _GREEK_MATRICES:
        return "matrix"
    return "matrix" if base[0].isupper() else "vector"


_GREEK_MATRICES = frozenset("theta phi psi omega gamma lambda sigma xi pi".split())


def role_of(name: Name, *, scalar: bool, exponent: bool) -> Role:
    """The part of a free name: `exponent` says that it occurs as one (the gamma of focal loss)."""
    kind = kind_of(name)
    if kind in ("input", "inputs"):
        return "input"
    if kind in ("target", "targets"):
        return "constant" if name.base == "T" and scalar else "target"
    if scalar and (name.base in _CONSTANTS or exponent):
        return "constant"
    return "parameter"
