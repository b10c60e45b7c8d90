"""A derivation as JSON, for programs. What each field holds stands in `docs/json.md`."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import Any

from ..calculus.step import Derivation, Step
from ..expr.model import Model
from ..expr.node import Expr, is_named
from ..expr.shape import Shape
from ..notation.inline import unicode_line
from ..notation.latex import latex
from ..notation.text import text
from .pages import Text
from .telling import Teller

VERSION = 1

Data = dict[str, Any]


def json(derivation: Derivation, language: str) -> str:
    """The whole derivation; every step is in it."""
    return dumps(data(derivation, language), ensure_ascii=False, indent=2) + "\n"


def data(derivation: Derivation, language: str) -> Data:
    """The same as dictionaries, lists, strings and numbers."""
    tell = Teller(derivation, language, "full")
    certificate = derivation.certificate
    return {
        "format": "backproof derivation",
        "version": VERSION,
        "language": language,
        "model": _model(tell),
        "wanted": [e.attr.plain for e in derivation.wanted],
        "gradients": {
            e.attr.plain: {**_maths(tell, derivation.gradients[e.attr.plain]), **_shape(e.shape)}
            for e in derivation.wanted
        },
        "short_names": [
            {
                "name": stage.name.attr.plain,
                "of": _plain(stage.quantity),
                "symbol": _maths(tell, stage.name),
                **_maths(tell, stage.result),
                **_shape(stage.result.shape),
            }
            for stage in derivation.stages
            if stage.name is not None
        ],
        "steps": list(_steps(tell)),
        "certificate": {
            "proven": certificate.proven,
            "undecided": certificate.undecided,
            "unchecked": certificate.unchecked,
            "digits": certificate.digits,
            "points": certificate.points,
            "compared_with_forward_mode": list(certificate.gradients),
            "largest_relative_difference": certificate.error,
        },
    }


def _model(tell: Teller) -> Data:
    model: Model = tell.model
    return {
        "file": model.file,
        "loss": model.loss.attr.plain,
        "samples": model.samples,
        "samples_in": ("columns" if model.columns else "rows") if model.samples else "",
        "names": [
            {"name": e.attr.plain, "role": role, **_maths(tell, e), **_shape(e.shape)}
            for e, role in model.roles.items()
        ],
        "equations": [
            {
                "name": e.name.plain,
                "written": e.written,
                "line": e.span.line if e.span else None,
                **_maths(tell, e.value),
            }
            for e in model.equations
        ],
        "remarks": [
            {
                "key": r.key,
                "sentence": _words(tell, tell.say(f"remark.{r.key}", **r.fields)),
                "line": r.span.line if r.span else None,
            }
            for r in model.remarks
        ],
        "sums_to_one": [e.attr.plain for e in model.sums_to_one],
    }


def _steps(tell: Teller) -> Iterator[Data]:
    derivation = tell.derivation
    for stage in derivation.stages:
        about = _plain(stage.quantity)
        for link in stage.links:
            for step in link.prepared:
                yield _step(tell, step, about, "prepared")
            for step in link.steps:
                yield _step(tell, step, about, "factor")
        for step in stage.steps:
            yield _step(tell, step, about, "derivative")
    parts = {
        "recognised": derivation.rewritten,
        "activation": derivation.activations,
        "product": derivation.products,
        "sums to one": derivation.collapsed,
        "stable": derivation.stable,
    }
    for part, chains in parts.items():
        for about, steps in chains.items():
            for step in steps:
                yield _step(tell, step, about, part)


def _step(tell: Teller, step: Step, about: str, part: str) -> Data:
    made: Data = {
        "about": about,
        "part": part,
        "before": _maths(tell, step.before),
        "after": _maths(tell, step.after),
        "law": step.law.name,
        "reason": _words(tell, tell.reason(step)),
        "place": [name for name in step.place if name],
        "proof": {
            "status": step.proof.status,
            "digits": step.proof.digits,
            "points": step.proof.points,
        },
    }
    if step.why:
        made["why"] = [
            {
                "before": _maths(tell, one.before),
                "after": _maths(tell, one.after),
                "status": one.proof.status,
            }
            for one in step.why
        ]
    return made


def _maths(tell: Teller, e: Expr) -> Data:
    spelling = tell.model.spelling
    return {"latex": latex(e, spelling), "text": text(e, spelling)}


def _shape(shape: Shape) -> Data:
    return {"shape": list(shape)}


def _words(tell: Teller, said: Text) -> str:
    spelling = tell.model.spelling
    out = ""
    for part in said:
        if isinstance(part, str):
            out += part
        elif part.expr is None:
            out += unicode_line(part.written)
        else:
            out += text(part.expr, spelling, indices=part.indices)
    return out


def _plain(e: Expr) -> str:
    """A plain name, or empty for a part of an equation that has none."""
    return e.attr.plain if is_named(e) else ""
