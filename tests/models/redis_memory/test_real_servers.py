"""Two classes of sessions on a real Redis: the end is foreseen from the first 40 %."""

import numpy as np
import pytest

from models.redis_memory import fit_redis, keys_met_per_s

LIVES = (12.0, 100.0)
FITTED = 0.4


def _fit(run, lives):
    seen = slice(0, round(run["time_s"].size * FITTED))
    columns = (run[name][seen] for name in ("time_s", "keys", "used_bytes", "expired_keys", "evicted_keys"))
    fit = fit_redis(*columns, lives_s=lives)
    return fit, float(run["time_s"][-1] - run["time_s"][seen][-1])


@pytest.fixture(scope="module")
def fits(recorded_runs):
    return {seed: _fit(run, LIVES) for seed, run in recorded_runs.items()}


def test_final_memory_of_twenty_recorded_runs_is_inside_the_interval_as_often_as_it_says(recorded_runs, fits):
    assert len(recorded_runs) == 20
    inside = 0
    for seed, run in recorded_runs.items():
        fit, ahead = fits[seed]
        foreseen = fit.used_bytes_after(ahead)
        inside += foreseen.holds(run["used_bytes"][-1])
        assert foreseen.half_width <= 0.15
    assert 16 <= inside <= 20


def test_division_of_the_recorded_runs_is_not_biased(fits):
    # 50 and 12 keys a second were created.
    shares = [fit.division.best[0] for fit, _ in fits.values()]
    error = np.std(shares, ddof=1) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - 50 / 62) < max(3 * error, 0.005)


def test_expired_keys_stay_for_half_a_sweep_in_the_recorded_runs(recorded_runs):
    keys = np.mean([run["keys"][run["time_s"] > 125].mean() for run in recorded_runs.values()])
    living = 50 * LIVES[0] + 12 * LIVES[1]
    met = float(keys_met_per_s(np.array([62.0]))[0])
    assert keys > 1.04 * living
    assert keys - living == np.clip(keys - living, 0.75 * keys * 62 / (2 * met), 1.25 * keys * 62 / (2 * met))


def test_short_runs_on_real_servers_end_where_they_are_foreseen(recorder, redis_ports):
    lives, seconds = (0.6, 3.0), 8.0
    plans = [recorder.Plan(seed, seconds, 0.1, (150.0, 60.0), lives) for seed in (1, 2, 3, 4)]
    samples = recorder.record(redis_ports(len(plans)), plans)
    inside = 0
    for plan in plans:
        mine = [sample for sample in samples if sample.seed == plan.seed]
        names = ("time_s", "keys", "used_bytes", "expired_keys", "evicted_keys")
        fit, ahead = _fit({name: np.array([getattr(sample, name) for sample in mine], float) for name in names}, lives)
        foreseen = fit.keys_after(ahead)
        inside += foreseen.holds(mine[-1].keys)
        assert foreseen.half_width <= 0.25
    # Four draws of 90 %: fewer than two inside would happen once in 270 times if the intervals are right, never if they are useless.
    assert inside >= 2
