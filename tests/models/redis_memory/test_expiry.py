"""The sweep over expired keys, and joint draws of a store."""

import numpy as np
import pytest

from models.redis_memory import fit_redis, keys_met_per_s, stale_share, sweep_s


def test_an_idle_sweep_meets_two_hundred_keys_a_second():
    assert keys_met_per_s(np.array([0.0]), 1.0)[0] == pytest.approx(200)


@pytest.mark.parametrize("rate", [5.0, 20.0, 75.0, 400.0])
def test_sweep_formula_agrees_with_a_simulated_sweep(rate):
    # Looks at 20 keys, again while more than two had expired, ten times a second.
    random = np.random.default_rng(3)
    share = rate / keys_met_per_s(np.array([rate]), 1.0)[0]
    looks = [_looks(random, share) for _ in range(6000)]
    assert np.mean(looks) * 200 == pytest.approx(rate / share, rel=0.06)


def _looks(random, share):
    looks = 1
    while random.binomial(20, share) > 2:
        looks += 1
    return looks


def test_stale_keys_of_the_measured_store_are_foreseen(trace):
    # 20.14 keys a second that live 600 s: 12,085 living ones.
    steady = (trace["time_s"] > 1000) & (trace["time_s"] < 1450)
    created = np.diff(trace["keys"][steady]).sum() + np.ptp(trace["expired_keys"][steady])
    per_s = created / np.ptp(trace["time_s"][steady])
    assert per_s * 600 / (1 - stale_share(per_s)) == pytest.approx(trace["keys"][steady].mean(), rel=0.02)


def test_stale_share_grows_with_creations_and_sweeps_with_keys():
    shares = [stale_share(rate) for rate in (0.0, 1.0, 10.0, 100.0, 1000.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert sweep_s(np.array([2000.0]), np.array([1.0]))[0] == pytest.approx(2 * sweep_s(np.array([1000.0]), np.array([1.0]))[0])
    with pytest.raises(ValueError, match="expiring_per_s"):
        keys_met_per_s(np.array([-1.0]))


def test_draws_are_joint_repeatable_and_centred(trace):
    chosen = (trace["time_s"] >= 5) & (trace["time_s"] < 582)
    fit = fit_redis(*(trace[name][chosen] for name in ("time_s", "keys", "used_bytes", "expired_keys")), lives_s=(600.0,))
    some, same, more = fit.draws(100, 7), fit.draws(100, 7), fit.draws(300, 7)
    assert (some.used_bytes_after(500.0) == same.used_bytes_after(500.0)).all()
    assert (some.used_bytes_after(500.0) == more.used_bytes_after(500.0)[:100]).all()
    assert fit.draws(100, 8).base_bytes[0] != some.base_bytes[0]
    # Base and bytes of a key make up for each other.
    assert np.corrcoef(more.base_bytes, more.per_key_bytes)[0, 1] < -0.3
    foreseen = fit.used_bytes_after(500.0)
    inside = (more.used_bytes_after(500.0) >= foreseen.low) & (more.used_bytes_after(500.0) <= foreseen.high)
    assert 0.8 < inside.mean() < 0.97
    with pytest.raises(ValueError, match="paths"):
        fit.draws(0, 1)
    with pytest.raises(ValueError, match="time_s"):
        some.keys_after(-1.0)
