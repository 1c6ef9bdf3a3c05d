import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queueing import ServiceTime
from models.queueing.laws import (
    Gamma,
    Lognormal,
    Mixture,
    balanced_hyperexponential,
    exponential,
    three_moment_hyperexponential,
    two_moment_law,
)

BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, np.inf]
LAWS = [
    Lognormal(0.08, 1.2),
    Gamma(0.08, 0.7),
    exponential(0.08),
    balanced_hyperexponential(0.08, 4.0),
    Mixture((0.95, 0.05), (Lognormal(0.03, 0.6), Lognormal(1.2, 0.5))),
]


def histogram(seconds, bounds=BOUNDS):
    return bounds, [int((seconds <= bound).sum()) for bound in bounds], float(seconds.sum())


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_histogram_recovers_the_law_that_filled_it(law):
    seconds = law.sample(np.random.default_rng(3), 20_000)
    fit = ServiceTime.from_histogram(*histogram(seconds))
    assert fit.mean == pytest.approx(seconds.mean())
    assert fit.scv == pytest.approx(law.scv, rel=0.15)
    assert fit.scv_low <= fit.scv <= fit.scv_high
    grid = np.array([0.01, 0.05, 0.2, 1.0])
    np.testing.assert_allclose(fit.distribution.survival(grid), law.survival(grid), atol=0.02)


def test_interval_of_the_scv_holds_the_truth_in_most_samples():
    law = Lognormal(0.08, 1.0)
    inside = 0
    for seed in range(12):
        fit = ServiceTime.from_histogram(*histogram(law.sample(np.random.default_rng(seed), 2_000)))
        inside += fit.scv_low <= law.scv <= fit.scv_high
    assert inside >= 9


def test_tail_in_the_open_bucket_widens_the_interval_and_is_said():
    seconds = Lognormal(0.3, 1.5).sample(np.random.default_rng(1), 5_000)
    full, cut = (ServiceTime.from_histogram(*histogram(seconds, bounds)) for bounds in (BOUNDS, [0.05, 0.1, 0.25, np.inf]))
    assert cut.scv_high / cut.scv_low > full.scv_high / full.scv_low
    assert any("above the last bound" in note for note in cut.warnings)


def test_one_bucket_says_that_the_scv_is_assumed():
    fit = ServiceTime.from_histogram([0.1, 0.2, np.inf], [0, 100, 100], 15.0)
    assert fit.mean == pytest.approx(0.15)
    assert any("assumed family" in note for note in fit.warnings)
    assert fit.scv_low < 1e-3
    assert fit.scv_high >= 0.25 * 0.1**2 / 0.15**2  # half at either end of the bucket


@pytest.mark.parametrize(
    ("bounds", "counts", "total", "match"),
    [
        ([0.1, 0.2], [1, 2], 0.3, r"must be \+Inf"),
        ([0.2, 0.1, np.inf], [1, 2, 3], 0.3, r"upper_bounds\[1\]=0.1 must be above"),
        ([0.1, 0.2, np.inf], [3, 2, 4], 0.5, r"cumulative_counts\[1\]=2 is below"),
        ([0.1, 0.2, np.inf], [0, 0, 0], 0.5, "empty"),
        ([0.1, 0.2, np.inf], [1, 2, np.nan], 0.5, "cumulative_counts"),
        ([0.1, 0.2, np.inf], [1, 2], 0.5, "one length"),
        ([0.1, 0.2, np.inf], [50, 100, 100], 500.0, "does not fit the buckets"),
        ([0.1, 0.2, np.inf], [50, 100, 100], 0.0, "total_seconds"),
        ([], [], 1.0, "at least 2"),
    ],
)
def test_inconsistent_buckets_are_refused(bounds, counts, total, match):
    with pytest.raises(ValueError, match=match):
        ServiceTime.from_histogram(bounds, counts, total)


@pytest.mark.parametrize("law", LAWS[:4], ids=lambda law: law.name)
def test_samples_keep_their_moments(law):
    seconds = law.sample(np.random.default_rng(5), 5_000)
    fit = ServiceTime.from_samples(seconds)
    assert fit.mean == pytest.approx(seconds.mean())
    assert fit.scv == pytest.approx(seconds.var() / seconds.mean() ** 2)
    assert fit.scv_low < fit.scv < fit.scv_high


def test_equal_samples_are_deterministic():
    fit = ServiceTime.from_samples([0.2, 0.2, 0.2])
    assert (fit.mean, fit.scv, fit.distribution.name) == (pytest.approx(0.2), 0, "deterministic")
    assert fit.warnings


@pytest.mark.parametrize(
    ("seconds", "match"), [([0.1], "at least 2"), ([0.1, -1.0], r"seconds\[1\]"), ([0.0, 0.0], "zeros"), ([0.1, np.nan], "finite")]
)
def test_impossible_samples_are_refused(seconds, match):
    with pytest.raises(ValueError, match=match):
        ServiceTime.from_samples(seconds)


@pytest.mark.parametrize(("mean", "scv", "name"), [(0.0, 1.0, "mean"), (np.inf, 1.0, "mean"), (1.0, -1.0, "scv"), (1.0, np.nan, "scv")])
def test_impossible_moments_are_refused(mean, scv, name):
    with pytest.raises(ValueError, match=f"^{name}="):
        ServiceTime(mean, scv)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.floats(1e-4, 1e3), st.floats(0, 50))
def test_two_moment_law_has_its_moments(mean, scv):
    law = two_moment_law(mean, scv)
    assert law.mean == pytest.approx(mean)
    assert law.scv == pytest.approx(scv, abs=1e-9)
    assert law.excess(np.array([0.0]))[0] == pytest.approx(mean)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.floats(1e-3, 1e2), st.floats(1.01, 30), st.floats(1.05, 20))
def test_three_moment_law_has_its_moments(mean, scv, factor):
    third = 1.5 * (1 + scv) ** 2 * factor * mean**3
    law = three_moment_hyperexponential(mean, scv, third)
    assert (law.mean, law.scv, law.third_moment) == (pytest.approx(mean), pytest.approx(scv), pytest.approx(third))
