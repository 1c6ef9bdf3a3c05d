import numpy as np
import pytest

from models.queueing import fit_usl


def curve(n, alpha, beta, gamma):
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def test_published_peak():
    n = np.array([1, 10, 50, 100, 200, 400.0])
    assert fit_usl(n, curve(n, 0.001, 0.00001, 5.0)).peak == pytest.approx(316.0696, abs=1e-2)


def test_intervals_hold_the_truth_in_most_noisy_samples():
    n = np.array([1, 2, 4, 8, 12, 16, 24, 32.0])
    inside = 0
    for seed in range(30):
        noise = 1 + 0.02 * np.random.default_rng(seed).standard_normal(len(n))
        law = fit_usl(n, curve(n, 0.05, 0.002, 10.0) * noise)
        inside += law.alpha_interval[0] <= 0.05 <= law.alpha_interval[1]
    assert inside >= 25


def test_peak_beyond_the_data_is_said():
    n = np.array([1, 2, 3, 4, 5.0])
    law = fit_usl(n, curve(n, 0.01, 0.0005, 1.0))
    assert law.peak > law.largest_observed
    assert any("extrapolated" in note for note in law.warnings)


@pytest.mark.parametrize(
    ("n", "x", "match"),
    [
        ([1, 2, 3], [1, 2, 3], "at least 4"),
        ([1, 2, 3, 4], [1, 2, 3], "one length"),
        ([0, 1, 2, 3], [1, 2, 3, 4], "concurrency"),
        ([1, 2, 3, 4], [1, 2, 0, 4], "throughput"),
    ],
)
def test_impossible_levels_are_refused(n, x, match):
    with pytest.raises(ValueError, match=match):
        fit_usl(np.array(n, dtype=float), np.array(x, dtype=float))
