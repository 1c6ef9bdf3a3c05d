"""How long Redis keeps a key after it expired: a sweep that takes its time.

Ten times a second Redis looks at 20 keys that have a time to live, in the order of the hash table, and goes on with 20 more
while more than a tenth of them had expired (Redis 7.0 source, expire.c, default effort and hz). Every key is met once a
sweep, so an expired one stays for half a sweep on average: a number of *seconds* that all classes of keys share, and that
keys with long lives make longer for those with short ones.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CYCLES_PER_S = 10.0
"""Redis's `hz`, default."""
KEYS_A_LOOK = 20
"""ACTIVE_EXPIRE_CYCLE_KEYS_PER_LOOP."""
MOST_EXPIRED = 2
"""Expired keys among them with which a cycle still ends: a tenth."""
EFFICIENCY, EFFICIENCY_SE = 0.87, 0.06
"""Keys met over those of the formula: 0.85 and 0.89 in two times 20 runs, 0.86 in a load run, Redis 7.0.15 (2026-11)."""
_VISITS = np.geomspace(CYCLES_PER_S * KEYS_A_LOOK, 1e7, 2000)
_VISITS.flags.writeable = False


def keys_met_per_s(expiring_per_s: NDArray[np.float64], efficiency: float = EFFICIENCY) -> NDArray[np.float64]:
    """Return how many keys the sweep meets per second while so many expire per second, same shape.

    The share f of expired keys among those met is the expiring ones over the met ones; a look is repeated with the chance
    that more than two of 20 expired, so met = 200/P(at most 2 | f).

    Raises
    ------
    ValueError
        If a rate is negative or not finite.

    """
    rates = np.asarray(expiring_per_s, float)
    if not np.isfinite(rates).all() or (rates < 0).any():
        raise ValueError("expiring_per_s holds missing or negative rates: give finite rates of at least 0")
    return np.asarray(efficiency * np.interp(rates, *_curve()))


def sweep_s(keys: NDArray[np.float64], expiring_per_s: NDArray[np.float64], efficiency: float = EFFICIENCY) -> NDArray[np.float64]:
    """Return the seconds of one sweep over so many keys; an expired key stays for a uniform part of it."""
    return np.asarray(np.asarray(keys, float) / keys_met_per_s(expiring_per_s, efficiency))


def stale_share(created_per_s: float, efficiency: float = EFFICIENCY) -> float:
    """Return the share of all keys of a steady store that expired but are still there: half of those expired among the met."""
    met = float(keys_met_per_s(np.array([created_per_s]), efficiency)[0])
    return min(created_per_s / (2 * met), 0.5)


@lru_cache(maxsize=1)
def _curve() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return expiring keys per second, rising, and keys met per second that go with them."""
    from scipy.special import bdtri

    enough = CYCLES_PER_S * KEYS_A_LOOK / _VISITS
    share = bdtri(MOST_EXPIRED, KEYS_A_LOOK, np.minimum(enough, 1.0))
    rates = share * _VISITS
    rates.flags.writeable = False
    return rates, _VISITS
