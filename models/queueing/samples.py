"""Fit a law to single observations."""

import math

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.histogram import LawFit, bucket_probabilities
from models.queueing.laws import (
    Deterministic,
    Gamma,
    Law,
    Lognormal,
    balanced_hyperexponential,
    three_moment_hyperexponential,
    two_moment_law,
)

_RESAMPLES = 200
_BINS = 60
_FEW = 30


def fit_samples(seconds: FloatArray) -> LawFit:
    """Return the likeliest law with the mean and scv of the sample (seconds, 1-D)."""
    _check_samples(seconds)
    mean = float(seconds.mean())
    scv = float(seconds.var() / mean**2)
    warnings = (f"only {len(seconds)} observations: the scv is hardly known",) if len(seconds) < _FEW else ()
    if scv < 1e-12:
        return LawFit(Deterministic(mean), 0.0, 0.0, warnings)
    low, high = _scv_interval(seconds)
    candidates = _candidates(mean, scv, float((seconds**3).mean()))
    edges = np.concatenate([[0.0], np.unique(np.quantile(seconds[seconds > 0], np.linspace(0, 1, _BINS + 1)[1:-1]))])
    counts = np.histogram(seconds, np.concatenate([edges, [np.inf]]))[0]
    likeliest = max(candidates, key=lambda law: float(counts @ np.log(np.maximum(bucket_probabilities(law, edges), 1e-12))))
    return LawFit(likeliest, min(low, scv), max(high, scv), warnings)


def _candidates(mean: float, scv: float, third_moment: float) -> list[Law]:
    laws: list[Law] = [Gamma(mean, 1 / scv), Lognormal(mean, math.sqrt(math.log1p(scv))), two_moment_law(mean, scv)]
    if scv > 1:
        laws += [balanced_hyperexponential(mean, scv), three_moment_hyperexponential(mean, scv, third_moment)]
    return laws


def _scv_interval(seconds: FloatArray) -> tuple[float, float]:
    rng = np.random.Generator(np.random.Philox(len(seconds)))
    resamples = (seconds[rng.integers(0, len(seconds), len(seconds))] for _ in range(_RESAMPLES))
    scvs = [float(sample.var() / max(sample.mean(), 1e-300) ** 2) for sample in resamples]
    low, high = np.quantile(scvs, [0.05, 0.95])
    return float(low), float(high)


def _check_samples(seconds: FloatArray) -> None:
    if seconds.ndim != 1 or len(seconds) < 2:
        raise ValueError(f"seconds has shape {seconds.shape}; it must be a list of at least 2 observations")
    bad = np.flatnonzero(~(np.isfinite(seconds) & (seconds >= 0)))
    if len(bad):
        raise ValueError(f"seconds[{bad[0]}]={seconds[bad[0]]!r} must be finite and at least 0")
    if not np.any(seconds > 0):
        raise ValueError("seconds holds only zeros: choose observations with a resolution finer than the service")
