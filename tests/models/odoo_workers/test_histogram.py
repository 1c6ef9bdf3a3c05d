"""Classes from a histogram keep its mean, its shares and its bounded tail."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import WorkerPool, classes_of_histogram

BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0, math.inf]


def _histogram(seconds):
    return [float((seconds <= bound).sum()) for bound in BOUNDS], float(seconds.sum())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 1000), st.floats(0.3, 1.8), st.floats(-4.5, 0.5))
def test_mean_is_exact_and_scv_close_for_any_lognormal(seed, sigma, level):
    seconds = np.random.default_rng(seed).lognormal(level, sigma, 5000)
    pool = WorkerPool(2, 2.0, classes=classes_of_histogram(BOUNDS, *_histogram(seconds)))
    assert pool.mixture.unloaded_s == pytest.approx(seconds.mean(), rel=1e-9)
    if seconds.max() < 10:
        assert pool.mixture.scv == pytest.approx(seconds.var() / seconds.mean() ** 2, rel=0.25, abs=0.2)


def test_a_bounded_tail_carries_more_than_two_moments_suggest():
    random = np.random.default_rng(2)
    seconds = np.where(random.random(20_000) < 0.1, random.normal(0.1, 0.02, 20_000), random.normal(0.012, 0.002, 20_000)).clip(0.004)
    known = WorkerPool(4, 2.0, classes=classes_of_histogram(BOUNDS, *_histogram(seconds)), database="same_host")
    moments = WorkerPool(4, 2.0, cpu_s=known.mixture.unloaded_s, scv=known.mixture.scv)
    assert known.capacity() > moments.capacity()


def test_database_share_divides_every_class():
    classes = classes_of_histogram([0.1, math.inf], [10, 10], 0.5, database_share=0.3)
    assert classes[0].database_s == pytest.approx(0.3 * classes[0].unloaded_s(0))


@pytest.mark.parametrize(
    ("bounds", "counts", "total", "names"),
    [
        ([0.1, 1.0], [1, 2], 1.0, "infinity"),
        ([0.1, math.inf], [3, 2], 1.0, "rise"),
        ([0.1, math.inf], [0, 0], 1.0, "above 0"),
        ([0.1, 1.0, math.inf], [0, 10, 10], 0.5, "contradicts"),
        ([0.1, 1.0, math.inf], [0, 10, 10], 20.0, "contradicts"),
        ([0.1, math.inf], [1, 2], math.nan, "total_s"),
        ([0.1, math.inf], [1], 1.0, "one count a bound"),
    ],
)
def test_bad_histograms_are_refused(bounds, counts, total, names):
    with pytest.raises(ValueError, match=names):
        classes_of_histogram(bounds, counts, total)
