"""Share of time in which something works: series, parallel, k of n, redundant pairs, and what a tenant sees."""

from math import comb

import numpy as np
from numpy.typing import NDArray

HOURS_PER_YEAR = 8760.0


def series(availability: NDArray[np.float64]) -> float:
    """Return the availability of parts that must all work, failing independently."""
    return float(np.prod(_probabilities(availability)))


def parallel(availability: NDArray[np.float64]) -> float:
    """Return the availability of parts of which one suffices, failing independently, with perfect and instant failover."""
    return float(1 - np.prod(1 - _probabilities(availability)))


def k_of_n(needed: int, parts: int, availability: float) -> float:
    """Return the availability of `parts` equal parts of which `needed` must work, failing independently."""
    if not 0 <= needed <= parts:
        raise ValueError(f"{needed} of {parts} parts needed: it must lie between 0 and {parts}")
    up = float(_probabilities(np.asarray([availability]))[0])
    return float(sum(comb(parts, j) * up**j * (1 - up) ** (parts - j) for j in range(needed, parts + 1)))


def single(rate_per_year: float, repair_h: float) -> float:
    """Return the availability of one part that fails `rate_per_year` times in a year of work and is repaired in `repair_h`."""
    return _up(_finite("rate_per_year", rate_per_year) * _finite("repair_h", repair_h))


def redundant_pair(
    rate_per_year: float,
    repair_h: float,
    *,
    failover_h: float,
    failover_works: float,
    common_cause: float,
) -> float:
    """Return the availability of an active part with a standby.

    A share `common_cause` of the failures takes both (beta factor, Fleming 1975). In the others the standby takes over with
    probability `failover_works`, unless it is down itself; a failover slower than the repair is not waited for. Never worse
    than `single` with the same rate and repair.

    Parameters
    ----------
    rate_per_year
        Failures of one part in a year of work.
    repair_h, failover_h
        Hours until the part works again, and until the standby has taken over (detection included).
    failover_works, common_cause
        Probabilities between 0 and 1.

    """
    rate, repair = _finite("rate_per_year", rate_per_year), _finite("repair_h", repair_h)
    ready = failover_works * _up(rate * repair)
    return _up(rate * outage_of_pair(repair, failover_h=failover_h, failover_works=ready, common_cause=common_cause))


def outage_of_pair(repair_h: float, *, failover_h: float, failover_works: float, common_cause: float) -> float:
    """Return the expected hours without service after a failure of an active part with a standby; never more than `repair_h`.

    A share `common_cause` of the failures takes both (beta factor, Fleming 1975); in the others the standby serves after
    `failover_h` with probability `failover_works`, else the repair is waited for.
    """
    repair = _finite("repair_h", repair_h)
    works, shared = _probabilities(np.asarray([failover_works, common_cause]))
    alone = float(works) * min(_finite("failover_h", failover_h), repair) + (1 - float(works)) * repair
    return (1 - float(shared)) * alone + float(shared) * repair


def tenant_availability(
    rate_per_year: NDArray[np.float64], outage_h: NDArray[np.float64], members: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the availability each tenant sees over all failure domains, shape (tenants,).

    Expected lost hours add over domains (outages that overlap count twice, which errs on the safe side).

    Parameters
    ----------
    rate_per_year, outage_h
        Shape (domains,).
    members
        Shape (domains, tenants): who is down when the domain fails.

    """
    lost_h = (rate_per_year * outage_h) @ members
    return np.asarray(np.clip(1 - lost_h / HOURS_PER_YEAR, 0.0, 1.0), dtype=np.float64)


def _up(down_h_per_year_of_work: float) -> float:
    return HOURS_PER_YEAR / (HOURS_PER_YEAR + down_h_per_year_of_work)


def _probabilities(values: NDArray[np.float64]) -> NDArray[np.float64]:
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(wrong):
        raise ValueError(f"a probability or availability is {values[wrong[0]]}: it must lie between 0 and 1")
    return values


def _finite(name: str, value: float) -> float:
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} is {value}: it must be a finite number, not negative")
    return value
