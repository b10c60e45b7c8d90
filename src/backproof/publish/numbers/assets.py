"""What the panel of a page is made of: script and style, the emitted function, the sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.resources import files
from typing import Any

from ...calculus.step import Derivation
from ...code.compiled import emit
from ...expr.build import rename_dims
from ...expr.model import Model
from ...expr.node import Expr, walk
from ...expr.shape import SCALAR, Dim
from ...notation.mathml import mathml
from ...notation.text import text
from ...show.diagram import diagram
from ...words import keys, say
from .descent import Descent, Matrix
from .sample import Sample
from .workings import Working, workings

_SCRIPTS = "elements numbers formulas network shade plane curve work tables panel".split()
_DOORS = "Numbers, NetworkNumbers, mountNumbers, substituted, shown"
_FIELDS = "name row column number step steps loss from to input output".split()
_NARROW = 360  # pixels that a phone has for a drawing
_FOLDER = files("backproof.publish.numbers") / "panel"


def style() -> str:
    """The style sheet of the panel; its colours are the custom properties of the page."""
    return (_FOLDER / "numbers.css").read_text(encoding="utf-8")


def script() -> str:
    """The script of the panel. It defines `Numbers`, `mountNumbers`, `NetworkNumbers`, which shows
    numbers in a drawing, `substituted`, which puts them into formulas, and `shown`, which writes a
    number; everything else keeps to itself."""
    parts = [(_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    return _closed(_DOORS, "\n".join(parts))


def program(derivation: Derivation) -> str:
    """The script that defines `lossAndGradients` for a derivation."""
    return _closed("lossAndGradients", emit(derivation, "javascript"))


def _closed(names: str, text: str) -> str:
    """A script of which only some names are seen outside."""
    return f"const {{ {names} }} = (() => {{\n{text}\nreturn {{ {names} }};\n}})();\n"


def sample_data(derivation: Derivation, sample: Sample) -> dict[str, Any]:
    """The sample as `new Numbers(lossAndGradients, ...)` takes it, for JSON."""
    model, descent = derivation.model, Descent(derivation)
    numbers = {e.attr.plain for e in model.roles if e.shape == SCALAR}
    hidden = [q.quantity for q in model.equations]
    names = [stage.name for stage in derivation.stages if stage.name is not None]
    axes = {
        e.attr.plain: e.shape.index(model.samples)
        for e in (*model.roles, *hidden, *names)
        if model.samples and model.samples in e.shape
    }

    def plain(values: dict[str, Matrix]) -> dict[str, Any]:
        return {p: rows[0][0] if p in numbers else rows for p, rows in values.items()}

    return {
        "parameters": plain(sample.parameters),
        "data": plain(sample.data),
        "rate": sample.learning_rate,
        "trained": [p for p in descent.trained if p in sample.parameters],
        "sizes": sample.sizes,
        "axes": axes,
        "sources": _sources(model),
        "loss": model.loss.attr.plain,
        "quantities": [e.attr.plain for e in (*hidden, *_short_names(derivation))],
        "surface": asdict(sample.surface) if sample.surface else None,
    }


def labels(derivation: Derivation, sample: Sample, language: str) -> dict[str, Any]:
    """The words, names, formulas and drawings that `mountNumbers` takes, in one language, for
    JSON."""
    model = derivation.model
    words = [key for key in keys(language) if key.startswith("numbers.")]
    # The page fills the fields in, as the numbers change.
    fields = {field: f"{{{field}}}" for field in _FIELDS}
    named = [*model.roles, *(s.name for s in derivation.stages if s.name is not None)]

    def written(found: dict[str, Working]) -> dict[str, list[str]]:
        return {
            plain: [mathml(e, model.spelling) for e in (working.left, working.right)]
            for plain, working in found.items()
        }

    shown = sized(model, sample)
    forward, backward = workings(derivation)
    return {
        "words": {key.removeprefix("numbers."): say(key, language, **fields) for key in words},
        "names": {e.attr.plain: _name(e, model) for e in named},
        "forward": written(forward),
        "backward": written(backward),
        "network": diagram(shown, language=language),
        "upright": diagram(shown, language=language, width=_NARROW),
    }


def _short_names(derivation: Derivation) -> list[Expr]:
    """The short names of derivatives by what has no name itself: a reader meets these, too."""
    unnamed = [s for s in derivation.stages if s.quantity.op not in ("name", "let")]
    return [stage.name for stage in unnamed if stage.name is not None]


def _name(e: Expr, model: Model) -> dict[str, str]:
    return {
        "html": f"<math>{mathml(e, model.spelling)}</math>",
        "text": text(e, model.spelling),
    }


def sized(model: Model, sample: Sample) -> Model:
    """The model with the sizes of a sample for its letters, so that every unit is drawn; the letter
    of the samples stays."""
    known: dict[str, Dim] = {k: n for k, n in sample.sizes.items() if k != model.samples}
    memo: dict[Expr, Expr] = {}

    def change(e: Expr) -> Expr:
        return rename_dims(e, known, memo)

    return replace(
        model,
        equations=tuple(replace(q, quantity=change(q.quantity)) for q in model.equations),
        loss=change(model.loss),
        roles={change(e): role for e, role in model.roles.items()},
        sums_to_one=tuple(change(e) for e in model.sums_to_one),
    )


def _sources(model: Model) -> dict[str, list[int]]:
    """For each matrix of weights, use by use, the side that its sources lie along: 1 in `W x`, 0 in
    `x W` and in `W^T x`."""
    found: dict[str, list[int]] = {}
    for plain, side in _uses(model):
        found.setdefault(plain, []).append(side)
    return found


def _uses(model: Model) -> Iterator[tuple[str, int]]:
    seen: set[Expr] = set()
    for equation in model.equations:
        for e in walk([equation.value], lambda e: e in seen):
            if e.op == "matmul" and e not in seen:
                for place, factor in enumerate(e.args):
                    turned = factor.op == "transpose"
                    weight = factor.args[0] if turned else factor
                    if model.roles.get(weight) == "parameter":
                        yield weight.attr.plain, int(turned) if place else 1 - int(turned)
            seen.add(e)
