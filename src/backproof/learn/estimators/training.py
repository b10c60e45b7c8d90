"""Training: epochs of batches, or L-BFGS; what is kept, when it ends."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from ...errors import BackproofError
from ..engine.base import Engine
from .progress import Bar


class DivergedError(BackproofError, ValueError):
    """Training went to infinity. The estimator keeps its weights from before that epoch."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """What is known after an epoch: its number (from 1, counted over this call), the mean loss per
    sample, the score on the validation set (None without one), the step size, the seconds it took
    and how many samples it went over."""

    number: int
    loss: float
    validation_score: float | None
    learning_rate: float
    seconds: float
    samples: int


def train_in_batches(
    est: Any,
    engine: Engine,
    data: Mapping[str, Any],
    samples: int,
    *,
    validate: Callable[[], float] | None,
    incremental: bool,
) -> None:
    """Epochs until the loss (or the validation score) stops getting better, the attributes of the
    estimator kept as scikit-learn keeps them.

    Raises DivergedError, naming the epoch, when the loss or a weight is not finite.
    """
    from sklearn.exceptions import ConvergenceWarning

    batch = _batch_size(est.batch_size, samples)
    before = {name: value.copy() for name, value in engine.parameters.items()}
    best = before if validate is not None else {}
    schedule = est._schedule
    est.n_iter_ = 0
    with Bar(est.progress, 1 if incremental else est.max_iter) as bar:
        try:
            while est.n_iter_ < est.max_iter:
                for name, value in engine.parameters.items():
                    np.copyto(before[name], value)
                start = time.perf_counter()
                seed = (est._seed + est._epochs) % 2**31 if est.shuffle else None
                loss = engine.epoch(data, batch, schedule.rate, seed)
                loss *= est._loss_scale
                _check_finite(engine, before, loss, est.n_iter_ + 1, schedule.rate)
                est._epochs += 1
                est.n_iter_ += 1
                est.t_ += samples
                est.loss_ = loss
                est.loss_curve_.append(loss)
                if est.verbose:
                    print(f"Iteration {est.n_iter_}, loss = {loss:.8f}")
                score = None if validate is None else validate()
                better = _note_improvement(est, score)
                if better and validate is not None:
                    best = {name: value.copy() for name, value in engine.parameters.items()}
                rate = schedule.rate
                schedule.epoch_ends(est.t_)
                seconds = time.perf_counter() - start
                epoch = Epoch(est.n_iter_, loss, score, rate, seconds, samples)
                bar.advance(epoch)
                if est.checkpoint is not None and better:
                    est.save(est.checkpoint)
                if _stopped(est, epoch) or _ended(est, validate is not None) or incremental:
                    break
            else:
                warnings.warn(
                    f"Stochastic Optimizer: Maximum iterations ({est.max_iter}) reached and the "
                    "optimization hasn't converged yet.",
                    ConvergenceWarning,
                    stacklevel=4,
                )
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=4)
    if validate is not None:
        for name, value in best.items():
            engine.parameters[name][...] = value


def _batch_size(wanted: Any, samples: int) -> int:
    if wanted == "auto":
        return min(200, samples)
    if wanted > samples:
        warnings.warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
            stacklevel=5,
        )
    return min(int(wanted), samples)


def _check_finite(
    engine: Engine, before: Mapping[str, Any], loss: float, number: int, rate: float
) -> None:
    if np.isfinite(loss) and all(np.isfinite(v).all() for v in engine.parameters.values()):
        return
    for name, value in before.items():
        engine.parameters[name][...] = value
    raise DivergedError(
        f"training diverged in epoch {number}, where the loss is {loss}: Solver produced "
        "non-finite parameter weights. The input data may contain large values and need to be "
        "preprocessed.",
        hint=f"take a smaller learning_rate_init (it was {rate:g}), or scale the inputs to about "
        "-1 ... 1; the weights from before that epoch are kept",
    )


def _note_improvement(est: Any, score: float | None) -> bool:
    """Count epochs without improvement; whether this one is the best so far."""
    if score is None:
        loss = est.loss_curve_[-1]
        stale = loss > est.best_loss_ - est.tol
        better = loss < est.best_loss_
        est.best_loss_ = min(loss, est.best_loss_)
    else:
        est.validation_scores_.append(score)
        if est.verbose:
            print(f"Validation score: {score:f}")
        stale = score < est.best_validation_score_ + est.tol
        better = score > est.best_validation_score_
        est.best_validation_score_ = max(score, est.best_validation_score_)
    est._no_improvement_count = est._no_improvement_count + 1 if stale else 0
    return better


def _stopped(est: Any, epoch: Epoch) -> bool:
    """Whether a callback says stop; all of them are asked."""
    answers = [callback(est, epoch) for callback in est.callbacks or ()]
    return any(answer is True for answer in answers)


def _ended(est: Any, by_score: bool) -> bool:
    if est._no_improvement_count <= est.n_iter_no_change:
        return False
    what = "Validation score" if by_score else "Training loss"
    message = (
        f"{what} did not improve more than tol={est.tol:f} for {est.n_iter_no_change} "
        "consecutive epochs."
    )
    if est._schedule.gives_up(message, bool(est.verbose)):
        return True
    est._no_improvement_count = 0
    return False


def train_by_lbfgs(est: Any, engine: Engine, data: Mapping[str, Any], samples: int) -> None:
    """Limited-memory BFGS over all samples at once, in double precision.

    Byrd, Lu, Nocedal and Zhu, A limited memory algorithm for bound constrained optimization, 1995.
    """
    from sklearn.exceptions import ConvergenceWarning

    optimize: Any = import_module("scipy.optimize")  # without types
    parameters = engine.parameters
    scale = est._loss_scale
    started = last = time.perf_counter()
    est.n_iter_ = 0

    def unpack(packed: Any) -> None:
        start = 0
        for value in parameters.values():
            value[...] = packed[start : start + value.size].reshape(value.shape)
            start += value.size

    def loss_and_gradient(packed: Any) -> tuple[float, Any]:
        unpack(packed)
        with np.errstate(all="ignore"):
            loss, gradients = engine.loss_and_gradients(data)
        return loss, np.concatenate([gradients[name].ravel() for name in parameters])

    def iteration(intermediate_result: Any) -> None:
        nonlocal last
        now = time.perf_counter()
        est.n_iter_ += 1
        est.loss_ = float(intermediate_result.fun) * scale
        if est.verbose:
            print(f"Iteration {est.n_iter_}, loss = {est.loss_:.8f}")
        epoch = Epoch(est.n_iter_, est.loss_, None, float("nan"), now - last, samples)
        last = now
        bar.advance(epoch)
        if _stopped(est, epoch):
            raise StopIteration

    first = np.concatenate([value.ravel() for value in parameters.values()])
    with Bar(est.progress, est.max_iter) as bar:
        result = optimize.minimize(
            loss_and_gradient,
            first,
            method="L-BFGS-B",
            jac=True,
            callback=iteration,
            options={"maxfun": est.max_fun, "maxiter": est.max_iter, "gtol": est.tol},
        )
    if not (np.isfinite(result.fun) and np.isfinite(result.x).all()):
        unpack(first)
        raise DivergedError(
            f"training diverged after {est.n_iter_} iterations: Solver produced non-finite "
            "parameter weights. The input data may contain large values and need to be "
            "preprocessed.",
            hint="scale the inputs to about -1 ... 1; the weights it started from are kept",
        )
    unpack(result.x)
    est.loss_ = float(result.fun) * scale
    est.n_iter_ = min(int(result.nit), est.max_iter)
    if result.status not in (0, 99):  # 99: a callback said stop
        warnings.warn(
            f"lbfgs failed to converge after {result.nit} iteration(s) (status={result.status}, "
            f"{time.perf_counter() - started:.1f} s):\n{result.message}\n\nYou might also want to "
            "scale the data, or increase the number of iterations to improve the convergence.",
            ConvergenceWarning,
            stacklevel=4,
        )
