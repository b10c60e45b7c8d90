"""Arrays and a description in one file: safetensors, whole or not at all, and checked when read.

The description is JSON in the file's metadata, with the SHA-256 of itself and of every array, so
that a file that was cut, mixed up or altered is refused. Reading runs nothing: there are numbers in
the file, and text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

from ...errors import BackproofError
from ...show.files import replacing

_KEY = "backproof"
_FORMAT = "backproof model 1"


def write_weights(path: Path, arrays: Mapping[str, Any], description: Mapping[str, Any]) -> None:
    """Write arrays and a description (JSON values) to a file.

    Raises BackproofError where that is not possible; what was there before is then still there.
    """
    import numpy as np
    from safetensors.numpy import save

    held = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    told = {**description, "arrays": [[name, *_digest(a)] for name, a in held.items()]}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, allow_nan=False)
    signed = {"format": _FORMAT, "sha256": _sha(text.encode()), "model": text}
    # One entry: the order of several would change from run to run.
    data = save(held, {_KEY: json.dumps(signed, ensure_ascii=False)})
    with replacing(path) as part, part.open("wb") as file:
        file.write(data)


def read_weights(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays, in the order in which they were written, and the description in a file.

    Raises BackproofError for a file that is missing, no model, cut, or altered.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if path.is_dir():
            _refuse(path, "this is a folder", "name a model in it")
        # One mapping of the file, closed again: every array is a copy.
        opening = cast("Any", safe_open)
        with opening(str(path), framework="numpy") as opened:
            metadata: dict[str, str] = opened.metadata() or {}
            description = _description(path, metadata)
            arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except FileNotFoundError:
        _refuse(path, "there is no such file", "check the name and the folder")
    except SafetensorError as error:
        _refuse(
            path,
            f"this is no model, or it breaks off ({error})",
            "name a file that `backproof train` wrote, or copy it again",
        )
    except (OSError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        _refuse(
            path, f"the file can't be read: {reason}", "check its permissions, or copy it again"
        )
    try:
        digests = {str(name): digest for name, *digest in description.pop("arrays")}
    except (TypeError, ValueError):
        _refuse(path, "the description of the model makes no sense", _AGAIN)
    if digests.keys() != arrays.keys():
        odd = sorted(digests.keys() ^ arrays.keys())
        _refuse(path, f"the arrays are not those it was saved with: {', '.join(odd)}", _AGAIN)
    for name, array in arrays.items():
        if digests[name] != _digest(array):
            _refuse(path, f"the array {name} is not what was saved", _AGAIN)
    return {name: arrays[name] for name in digests}, description


_AGAIN = "copy it again, or train the model anew"


def _description(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    signed = _read(metadata.get(_KEY, "{}"))
    form, text = str(signed.get("format", "")), str(signed.get("model", ""))
    if form.startswith("backproof model ") and form != _FORMAT:
        _refuse(path, f"this is a {form!r} of another version", "update backproof")
    if form != _FORMAT:
        _refuse(path, "this is not a model of backproof", "name a file that it saved")
    told = _read(text)
    if signed.get("sha256") != _sha(text.encode()) or "arrays" not in told:
        _refuse(path, "the description of the model was altered", _AGAIN)
    return told


def _read(text: str) -> dict[str, Any]:
    """JSON that has a table on top; an empty one for anything else."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}


def _digest(array: Any) -> list[Any]:
    """The type, the shape and the SHA-256 of an array."""
    return [str(array.dtype), list(array.shape), _sha(array.tobytes())]


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse(path: Path, what: str, hint: str) -> NoReturn:
    raise BackproofError(what, hint=hint, file=str(path))
