import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queueing import ServiceTime
from models.queueing.buckets import read_histogram
from models.queueing.histogram import bucket_probabilities
from models.queueing.laws import Gamma, Lognormal, Mixture, balanced_hyperexponential, exponential
from models.queueing.scv_limits import scv_limits

BOUNDS = np.array([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, np.inf])
OBSERVATIONS = 1_000_000
LAWS = [
    Lognormal(0.08, 0.5),
    Lognormal(0.08, 1.2),
    Gamma(0.08, 0.7),
    Gamma(0.08, 3.0),
    exponential(0.08),
    balanced_hyperexponential(0.08, 4.0),
    Mixture((0.95, 0.05), (Lognormal(0.03, 0.6), Lognormal(1.2, 0.5))),
    Mixture((0.9, 0.1), (Gamma(0.04, 2.0), Lognormal(0.6, 0.7))),
]


def weibull(mean, shape):
    """Return draw, mean and mean square."""
    scale = mean / math.gamma(1 + 1 / shape)
    return lambda rng, size: scale * rng.weibull(shape, size), mean, scale**2 * math.gamma(1 + 2 / shape)


def lognormal(mean, sigma):
    law = Lognormal(mean, sigma)
    return law.sample, mean, mean**2 * (1 + law.scv)


def pareto(mean, index):
    """Return the Pareto law from 0 (Lomax)."""
    scale = mean * (index - 1)
    return lambda rng, size: scale * rng.pareto(index, size), mean, 2 * scale**2 / ((index - 1) * (index - 2))


def spread(light, heavy, heavy_share):
    mean, square = ((1 - heavy_share) * one + heavy_share * other for one, other in zip(light[1:], heavy[1:], strict=True))
    return square / mean**2 - 1


def drawn(light, heavy, heavy_share, seed):
    rng = np.random.default_rng(seed)
    many = rng.binomial(OBSERVATIONS, heavy_share)
    return np.concatenate([light[0](rng, OBSERVATIONS - many), heavy[0](rng, many)])


def histogram(seconds):
    return BOUNDS, np.searchsorted(np.sort(seconds), BOUNDS, side="right"), float(seconds.sum())


def expected(law, observations=1e9):
    counts = bucket_probabilities(law, np.concatenate([[0.0], BOUNDS[:-1]])) * observations
    return BOUNDS, counts.cumsum(), law.mean * counts.sum()


CASES = [
    (weibull(0.06, shape), tail, share)
    for shape in (0.8, 1.5, 2.5)
    for tail, share in (
        (lognormal(0.7, 0.7), 0.05),
        (lognormal(0.3, 0.9), 0.1),
        (pareto(0.7, 5.0), 0.05),
        (pareto(0.3, 4.0), 0.1),
        (weibull(0.7, 2.0), 0.05),
        (weibull(1.2, 0.7), 0.01),
    )
] + [(weibull(0.08, 0.6), lognormal(0.08, 0.1), 0.0), (weibull(0.08, 1.5), lognormal(0.08, 0.1), 0.0)]


def test_interval_holds_the_truth_of_laws_outside_the_families_and_stays_narrow():
    inside, estimates = 0, []
    for seed, case in enumerate(CASES):
        truth = spread(*case)
        fit = ServiceTime.from_histogram(*histogram(drawn(*case, seed)))
        inside += fit.scv_low <= truth <= fit.scv_high
        estimates.append(fit.scv / truth)
        assert fit.scv_high / fit.scv_low <= 3
    assert len(CASES) == 20
    assert inside >= 18
    assert min(estimates) > 0.75
    assert max(estimates) < 1.4


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.name} {law.scv:.2f}")
def test_what_the_buckets_leave_open_holds_every_law(law):
    limits = scv_limits(read_histogram(*expected(law)))
    assert limits is not None
    low, high = limits
    assert low <= law.scv <= high
    assert high / low < 2


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.name} {law.scv:.2f}")
def test_no_law_of_the_families_is_likelier_than_the_fitted_one(law):
    bounds, cumulative, total = expected(law, 1e6)
    fit = ServiceTime.from_histogram(bounds, cumulative, total)
    edges, counts = np.concatenate([[0.0], bounds[:-1]]), np.diff(cumulative, prepend=0.0)
    fitted, planted = (counts @ np.log(np.maximum(bucket_probabilities(one, edges), 1e-12)) for one in (fit.law, law))
    assert fitted >= planted - 0.5
    assert fit.scv == pytest.approx(law.scv, rel=0.02)


def test_law_that_contradicts_its_own_tail_buckets_is_held_and_said():
    case = (weibull(0.06, 0.8), pareto(0.72, 5.0), 0.05)
    fit = ServiceTime.from_histogram(*histogram(drawn(*case, 0)))
    assert any("contradicts the buckets" in note for note in fit.warnings)
    assert fit.law is not None
    assert fit.law.scv == fit.scv
    assert fit.scv == pytest.approx(spread(*case), rel=0.2)


def test_families_that_disagree_are_named():
    case = (weibull(0.06, 2.5), pareto(1.2, 5.0), 0.01)
    fit = ServiceTime.from_histogram(*histogram(drawn(*case, 0)))
    assert any("disagree: scv" in note for note in fit.warnings)


def test_interval_narrows_with_observations():
    law = LAWS[1]
    widths = []
    for observations in (300, 3_000, 1e6):
        bounds, cumulative, total = expected(law, observations)
        fit = ServiceTime.from_histogram(bounds, cumulative, total)
        widths.append(fit.scv_high / fit.scv_low)
    assert widths[0] > widths[1] > widths[2]


def test_three_buckets_show_no_bend_and_are_still_answered():
    arguments = [0.05, 0.1, np.inf], [500, 995, 1000], 52.0
    assert scv_limits(read_histogram(*arguments)) is None
    fit = ServiceTime.from_histogram(*arguments)
    assert fit.scv_low < fit.scv < fit.scv_high


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=12), st.floats(0.05, 0.95), st.floats(0.001, 10.0))
def test_any_consistent_buckets_are_answered(counts, place, scale):
    counts = np.array([*counts[:-1], counts[-1] // 100])
    if not counts.any():
        counts[0] = 1
    bounds = scale * 2.0 ** np.arange(len(counts) - 1)
    low, high = np.concatenate([[0.0], bounds]), np.append(bounds, 3 * bounds[-1])
    total = float(counts @ (low + place * (high - low)))
    fit = ServiceTime.from_histogram(np.append(bounds, np.inf), counts.cumsum(), total)
    assert fit.mean == pytest.approx(total / counts.sum())
    assert fit.scv_low is not None
    assert fit.scv_high is not None
    assert 0 <= fit.scv_low <= fit.scv <= fit.scv_high < math.inf
