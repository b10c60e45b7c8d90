"""The code of the networks that are trained most, emitted when the package was made.

Deriving and proving takes half a second for every new structure, which the first training on a
machine would have to wait for. `ready.json` holds what `emitted` makes of these notes; a test
derives them anew and compares. `python -m backproof.learn.ready` writes the file.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from .net import Net

_FILE = Path(__file__).with_name("ready.json")


def structures() -> list[Net]:
    """The networks: scikit-learn's activations, one to three hidden layers, its three outputs."""
    outputs = (
        ("logistic", "log_loss"),
        ("softmax", "cross_entropy"),
        ("identity", "squared_error"),
    )
    return [
        Net((1,) * (hidden + 2), (*(activation,) * hidden, output), loss, alpha=1.0)
        for activation in ("relu", "tanh", "logistic", "identity")
        for hidden in (1, 2, 3)
        for output, loss in outputs
    ]


def ready(note: str) -> str | None:
    """What `emitted` makes of this note, if it comes with the package."""
    found = _held().get(_key(note))
    return None if found is None else json.dumps(found)


def written() -> str:
    """The text of `ready.json`."""
    from .emitted import derived

    held = {_key(net.note): json.loads(derived(net.note)) for net in structures()}
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


@cache
def _held() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.is_file() else {}


def _key(note: str) -> str:
    return hashlib.sha256(note.encode()).hexdigest()[:32]


if __name__ == "__main__":
    _FILE.write_text(written(), encoding="utf-8", newline="\n")
