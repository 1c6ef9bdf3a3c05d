"""Streams with planted truths, and what each source can tell of them."""

import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime
from models.queueing.arrivals import (
    arrivals_by_scrapes,
    batch_arrivals,
    batch_factor,
    index_of_dispersion,
    poisson_arrivals,
    varying_arrivals,
)
from models.queueing.laws import balanced_hyperexponential, exponential
from models.queueing.shared_pool import SharedPool, simulate_pool

WINDOWS = np.array([0.01, 0.1, 1.0, 10.0])


def test_dispersion_of_renewals_climbs_from_one_to_their_scv():
    gaps = balanced_hyperexponential(0.05, 4.0).sample(np.random.default_rng(4), 400_000)
    found = index_of_dispersion(np.cumsum(gaps), WINDOWS)
    assert found.index[0] == pytest.approx(1.0, abs=0.25)
    assert found.index[3] == pytest.approx(4.0, rel=0.1)
    assert np.all(np.diff(found.index) > 0)


def test_slow_drift_of_the_rate_shows_at_long_windows_only():
    rng = np.random.default_rng(6)
    rates = 20 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(600) / 60))  # an hour long wave of minutes
    times = varying_arrivals(rates, 60.0, rng)
    found = index_of_dispersion(times, np.array([0.1, 60.0]))
    assert found.index[0] == pytest.approx(1.0, abs=0.3)
    assert found.index[1] == pytest.approx(1 + 20 * 60 * 0.125, rel=0.15)  # 1 + variance of the rate x window / mean


def test_minute_counts_show_the_drift_but_never_become_the_scv_of_arrivals():
    rng = np.random.default_rng(7)
    rates = 20 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(240) / 60))
    counts = np.histogram(varying_arrivals(rates, 60.0, rng), np.arange(241) * 60.0)[0].astype(float)
    counts[5] = np.nan
    found = arrivals_by_scrapes(counts, 60.0)
    assert found.rate == pytest.approx(20, rel=0.02)
    assert found.slow_dispersion > 50
    assert found.arrival_scv == 1
    assert any("Poisson" in note for note in found.notes)


def test_scrapes_cannot_tell_batches_from_poisson_by_the_rate_but_the_queue_can():
    rng = np.random.default_rng(8)
    batched, plain = batch_arrivals(6.0, 3.0, 300_000, rng), poisson_arrivals(6.0, 300_000, rng)
    rates = [arrivals_by_scrapes(np.histogram(t, np.arange(0, 40_000, 60.0))[0].astype(float), 60.0).rate for t in (batched, plain)]
    assert rates[0] == pytest.approx(rates[1], rel=0.02)
    waits = [simulate_pool(SharedPool(8, 8.0), t, exponential(1.0).sample(rng, len(t))).mean_wait for t in (batched, plain)]
    assert waits[1] == pytest.approx(MultiServerQueue(6.0, ServiceTime(1.0, 1.0), 8).mean_wait, rel=0.1)
    assert waits[0] > 3 * waits[1]


def test_long_windows_show_the_batch_factor():
    times = batch_arrivals(20.0, 3.0, 200_000, np.random.default_rng(9))
    sizes = np.unique(times, return_counts=True)[1]
    assert batch_factor(sizes) == pytest.approx(5.0, rel=0.03)  # geometric of mean 3: (2 - 1/3) x 3
    assert index_of_dispersion(times, WINDOWS).index[2] == pytest.approx(batch_factor(sizes), rel=0.05)


@pytest.mark.parametrize(("counts", "interval_s"), [([1.0], 60.0), ([1.0, -2.0], 60.0), ([1.0, np.nan], 60.0), ([1.0, 2.0], 0.0)])
def test_impossible_counts_are_refused(counts, interval_s):
    with pytest.raises(ValueError, match="counts"):
        arrivals_by_scrapes(np.array(counts), interval_s)
