"""Files of arrays: what was written comes back, and nothing else is taken for it."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.errors import BackproofError
from backproof.learn.saving.values import packed, unpacked
from backproof.learn.saving.weights import read_weights, write_weights

ARRAYS = {
    "W1": np.arange(12, dtype=np.float32).reshape(3, 4),
    "first.W1": np.full((3, 4), -0.5),
    "count": np.array([], dtype=np.int64),
    "turned": np.arange(6.0).reshape(2, 3).T,
}
TOLD = {"note": "σ(z) = \\frac{1}{1 + e^{-z}}", "sizes": [3, 4], "nested": {"a": None}}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    write_weights(path, ARRAYS, TOLD)
    return path


def test_arrays_and_description_come_back_as_they_were(model: Path) -> None:
    arrays, told = read_weights(model)
    assert told == TOLD
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert (arrays[name] == array).all()


def test_the_same_model_gives_the_same_file(model: Path, tmp_path: Path) -> None:
    write_weights(tmp_path / "again", ARRAYS, TOLD)
    assert (tmp_path / "again").read_bytes() == model.read_bytes()


def test_any_reader_of_safetensors_can_read_the_weights(model: Path) -> None:
    from safetensors.numpy import load_file

    assert (load_file(model)["W1"] == ARRAYS["W1"]).all()


def header(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def with_header(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def tampered(data: bytes) -> bytes:
        found, body = header(data)
        change(found)
        text = json.dumps(found).encode()
        return struct.pack("<Q", len(text)) + text + body

    return tampered


def described(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(found: dict[str, Any]) -> None:
        signed = json.loads(found["__metadata__"]["backproof"])
        change(signed)
        found["__metadata__"]["backproof"] = json.dumps(signed)

    return with_header(changed)


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(signed: dict[str, Any]) -> None:
        assert old in signed["model"]
        signed["model"] = signed["model"].replace(old, new)

    return described(change)


def signed_anew(text: str) -> Callable[[bytes], bytes]:
    """Whoever can sign can say anything; it must still be refused if it makes no sense."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return described(lambda signed: signed.update(model=text, sha256=digest))


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda d: b"",
    "another kind of file": lambda d: b"a,b\n1,2\n",
    "only its start": lambda d: d[:40],
    "cut": lambda d: d[:-1],
    "something behind it": lambda d: d + b"\0",
    "a number altered": lambda d: d[:-3] + b"\x40" + d[-2:],
    "a header without end": lambda d: struct.pack("<Q", 2**62) + d[8:],
    "a header that is no JSON": lambda d: d[:9] + b"}" + d[10:],
    "another shape": with_header(lambda h: h["W1"].update(shape=[4, 3])),
    "another type": with_header(lambda h: h["first.W1"].update(dtype="I64")),
    "an unknown type": with_header(lambda h: h["first.W1"].update(dtype="X9")),
    "a type that NumPy lacks": with_header(lambda h: h["W1"].update(dtype="BF16", shape=[3, 8])),
    "an absurd size": with_header(lambda h: h["W1"].update(shape=[2**40, 2**40])),
    "a negative size": with_header(lambda h: h["W1"].update(shape=[-3, -4])),
    "an array less": with_header(lambda h: h.pop("count")),
    "an array by another name": with_header(lambda h: h.update(W2=h.pop("W1"))),
    "no description": with_header(lambda h: h.pop("__metadata__")),
    "another description": with_header(lambda h: h.update(__metadata__={"format": "pt"})),
    "a description that is no JSON": with_header(
        lambda h: h.update(__metadata__={"backproof": "[" * 100_000})
    ),
    "no checksum": described(lambda signed: signed.pop("sha256")),
    "another format": described(lambda signed: signed.update(format="pt")),
    "a later version": described(lambda signed: signed.update(format="backproof model 2")),
    "an altered note": replaced("frac", "dfrac"),
    "altered sizes": replaced("[3, 4]", "[3, 5]"),
    "signed nonsense": signed_anew("[1, 2]"),
    "signed nothing": signed_anew("{}"),
    "signed arrays that are none": signed_anew('{"arrays": [["W1"], 3]}'),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_file_that_was_cut_or_altered_is_refused(how: str, model: Path) -> None:
    model.write_bytes(TAMPERED[how](model.read_bytes()))
    with pytest.raises(BackproofError) as refused:
        read_weights(model)
    assert str(refused.value).startswith(str(model))
    assert "\n  try: " in str(refused.value)


@given(place=st.integers(0, 2**16), bit=st.integers(0, 7))
def test_no_single_bit_can_be_turned_unnoticed(
    place: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("bit") / "model.safetensors"
    write_weights(path, ARRAYS, TOLD)
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1 << bit
    path.write_bytes(data)
    try:
        arrays, told = read_weights(path)
    except BackproofError:
        return
    # White space between the parts of the header means nothing; all else must be as it was.
    assert told == TOLD
    assert all((arrays[name] == array).all() for name, array in ARRAYS.items())


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(BackproofError, match="no such file"):
        read_weights(tmp_path / "none.safetensors")
    with pytest.raises(BackproofError, match="folder"):
        read_weights(tmp_path)


def test_what_was_there_before_stays_when_the_disk_is_full(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = model.read_bytes()
    real = Path.open

    def full(self: Path, *arguments: Any, **more: Any) -> Any:
        file = real(self, *arguments, **more)
        if "w" in (arguments or ("r",))[0]:
            file.write(b"half")
            file.close()
            raise OSError(28, "No space left on device")
        return file

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(
        BackproofError, match=r"cannot be written: No space left[^\n]*\n.*make room"
    ):
        write_weights(model, {"W1": np.zeros(3)}, {})
    monkeypatch.undo()
    assert model.read_bytes() == before
    assert os.listdir(model.parent) == [model.name]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="a device of Linux")
def test_a_full_device_is_said() -> None:
    with pytest.raises(BackproofError, match="No space left"):
        write_weights(Path("/dev/full"), {"W1": np.zeros(3)}, {})


VALUES: list[Any] = [
    None,
    True,
    3,
    0.1,
    float("inf"),
    "σ",
    (64, 32),
    (),
    [1, (2, [3])],
    {"a": 1, 2: (None,)},
    {"float": "inf"},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_survive_json(value: Any) -> None:
    back = unpacked(json.loads(json.dumps(packed(value), allow_nan=False)))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, 2]),
        np.array(["no", "yes"]),
        np.array(["no", "yes"], dtype=object),
        np.array([True, False]),
        np.array([[0.5], [np.nan]], dtype=np.float32),
    ],
    ids=lambda a: str(a.dtype),
)
def test_arrays_of_labels_survive_json(array: np.ndarray) -> None:
    back = unpacked(json.loads(json.dumps(packed(array), allow_nan=False)))
    assert back.dtype == array.dtype
    assert np.array_equal(back, array, equal_nan=array.dtype.kind == "f")


@pytest.mark.parametrize("value", [len, np.random.default_rng(0), object()])
def test_what_has_no_words_is_left_out(value: Any) -> None:
    assert packed(value) is None
