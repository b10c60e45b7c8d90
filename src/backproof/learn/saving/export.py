"""Networks as ONNX models, so that they run where there is no Python.

The graph is made from the note's own forward pass, equation by equation, and keeps its names.
Samples come as rows and their number is open, whichever way the note lays them out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ...errors import BackproofError
from ...expr.node import Expr
from ...expr.shape import dim_value
from ...expr.values import free_names
from ...show.files import replacing
from .onnx_ops import OPSET, Graph, Precision

# The first version of the file format that has operator set 17, so that older readers take it.
_FORMAT = 8
# Values of the graph that are handed out: the name, ONNX's type, the dimensions after the samples.
Outputs = list[tuple[str, int, tuple[int | None, ...]]]
Finish = Callable[[Graph, str, int], Outputs]


def to_onnx(estimator: Any, path: str | Path, dtype: str = "float32") -> None:
    """Write a fitted estimator as an ONNX model, for ONNX Runtime and others.

    Its input has the features as columns. What it hands out are, for a classifier, the `label` and
    the `probabilities` of the classes in the order of `classes_` (for a matrix of labels the
    probabilities alone), else the `prediction`. `dtype` is that of the numbers: `float32` or
    `float64`.

    Raises RefusedError for an operation that ONNX lacks, BackproofError where the file can't be
    written, NotFittedError before `fit`.
    """
    estimator._check_fitted()
    if dtype not in ("float32", "float64"):
        raise BackproofError(f"{dtype!r} is no kind of number", hint="float32 or float64")
    if hasattr(estimator, "_net"):
        model = estimator._net.model
        prediction, inputs, values = model["P"], model.inputs, estimator._weights()
    else:
        said = estimator._written()
        model, prediction, inputs = said.model, said.prediction, said.inputs
        values = {**estimator._weights(), **estimator._constants()}
    made = onnx_model(
        prediction,
        [e for e in inputs if e in free_names(prediction)],
        values,
        # A note about one sample gives a model for one.
        samples=model.samples or 1,
        precision=dtype,
        finish=lambda graph, p, width: _finished(estimator, graph, p, width),
    )
    with replacing(Path(path)) as held:
        held.write_bytes(made.SerializeToString())


def _finished(estimator: Any, g: Graph, p: str, width: int) -> Outputs:
    """What comes after the output of the network: the labels of a classifier, its probabilities."""
    import numpy as np
    from onnx import TensorProto, helper

    if not hasattr(estimator, "classes_"):
        return [(g.node("Identity", p, name="prediction"), g.type, (width,))]
    integer = int(TensorProto.INT64)
    handed: Outputs = []

    def above() -> str:
        limit = g.number(estimator._threshold())
        return g.node("Cast", g.node("Greater", p, limit), to=integer)

    if estimator._labels.kind == "multilabel":
        handed.append((g.node("Identity", above(), name="label"), integer, (width,)))
    else:
        classes = np.asarray(estimator.classes_)
        classes = classes.astype(object) if classes.dtype.kind in "OU" else classes
        if width == 1:
            place = g.node("Reshape", above(), g.integers([-1]))
        else:
            place = g.node("ArgMax", p, axis=1, keepdims=0)
        label = g.node("Gather", g.array(classes, "classes"), place, axis=0, name="label")
        handed.append((label, int(helper.np_dtype_to_tensor_dtype(classes.dtype)), ()))
    if hasattr(estimator, "predict_proba"):
        if width == 1:
            p = g.node("Concat", g.node("Sub", g.number(1.0), p), p, axis=1)
        handed.append((g.node("Identity", p, name="probabilities"), g.type, (max(width, 2),)))
    return handed


def onnx_model(
    prediction: Expr,
    inputs: Sequence[Expr],
    values: Mapping[str, Any],
    *,
    samples: str | int,
    precision: Precision = "float32",
    finish: Finish | None = None,
) -> Any:
    """The ONNX model of one quantity of a note.

    `inputs` are the names that stay open, `values` arrays for all others that the prediction uses;
    `samples` is the letter of the batch dimension, or their number. `finish` adds what comes after
    the prediction (it gets that with samples as rows, and the number of its columns) and says what
    is handed out; without it the prediction is.

    Raises RefusedError for an operation that ONNX lacks, BackproofError for a name without a value.
    """
    import numpy as np
    from onnx import checker, helper

    used = free_names(prediction)
    sizes: dict[str, int] = {}
    counted: dict[str, tuple[str, int]] = {}
    graph = Graph(precision, sizes, counted)
    for leaf in used:
        plain = leaf.attr.plain
        if leaf in inputs:
            continue
        if plain not in values:
            raise BackproofError(f"the prediction uses {plain}, and nothing tells its value")
        held = np.asarray(values[plain], dtype=precision)
        held = held.reshape(1, 1) if held.ndim == 0 else held
        for dim, count in zip(leaf.shape, held.shape, strict=True):
            if isinstance(dim, str) and "+" not in dim:
                sizes[dim] = count
        graph.give(leaf, graph.array(held, plain))
    opened: list[Any] = []
    for leaf in inputs:
        plain = graph.free(leaf.attr.plain)
        across = leaf.shape[1] == samples
        shape = leaf.shape[::-1] if across else leaf.shape
        sides = [sizes.get(str(d), d) for d in shape]
        opened.append(helper.make_tensor_value_info(plain, graph.type, sides))
        value = graph.turned(plain, f"{plain}T") if across else plain
        graph.give(leaf, value)
        for axis, dim in enumerate(leaf.shape):
            if isinstance(dim, str) and dim not in sizes:
                counted.setdefault(dim, (value, axis))
    result = graph.value(prediction)
    rows, columns = prediction.shape
    if columns == samples:
        result = graph.turned(result, f"{result}T")
        columns = rows
    if finish is None:
        width = dim_value(columns, sizes) if graph.known(columns) else None
        outputs: Outputs = [(result, graph.type, (width,))]
    else:
        outputs = finish(graph, result, dim_value(columns, sizes))
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "backproof",
            opened,
            [
                helper.make_tensor_value_info(name, kind, [samples or None, *more])
                for name, kind, more in outputs
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=_FORMAT,
        producer_name="backproof",
    )
    cast("Any", checker).check_model(made)
    return made
