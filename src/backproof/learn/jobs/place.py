"""Where a job writes: a place that is there, and that holds nothing the job still needs."""

from __future__ import annotations

import os
from pathlib import Path

from ...errors import BackproofError


def check_place(output: Path, *read: Path) -> None:
    """Raises BackproofError if nothing can be written there, or if it is one of the files that are
    read: a result in its place would be all that is left of it."""
    folder = output.parent
    try:
        if output.is_dir():
            raise BackproofError(f"{output} is a folder", hint="name a file in it with -o")
        if not folder.is_dir():
            raise BackproofError(
                f"{output} cannot be written: there is no folder {folder}",
                hint="make it, or choose another -o",
            )
        for path in read:
            if output.exists() and path.exists() and output.samefile(path):
                raise BackproofError(
                    f"{output} is read, and would be replaced by the result",
                    hint="choose another -o",
                )
    except OSError as error:
        raise BackproofError(
            f"{output} can't be written: {error.strerror}", hint="choose another -o"
        ) from None
    device = output.exists() and not output.is_file()
    if not device and not os.access(folder, os.W_OK):
        raise BackproofError(f"the folder {folder} can't be written to", hint="choose another -o")
