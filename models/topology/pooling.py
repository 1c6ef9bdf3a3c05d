"""What sharing saves: demands add hour by hour and path by path, then comes the maximum, then the quantile."""

import numpy as np
from numpy.typing import NDArray

_VALUES_AT_ONCE = 32_000_000


def joint_peaks(demand: NDArray[np.floating], members: NDArray[np.bool_], period_of: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the peak of each group's joint demand in every period, shape (groups, paths, periods).

    Parameters
    ----------
    demand
        Shape (tenants, paths, moments), aligned: at one moment of one path all tenants are looked at in the same hour.
    members
        Shape (groups, tenants); a group without members has peak 0.
    period_of
        Shape (moments,): period (month, step) of each moment, ascending from 0 without gaps.

    Raises
    ------
    ValueError
        If shapes disagree or a member's demand is missing: it would be neither zero nor known.

    """
    tenants, paths, moments = demand.shape
    if members.ndim != 2 or members.shape[1] != tenants or period_of.shape != (moments,):
        raise ValueError(f"members {members.shape} and period_of {period_of.shape} do not fit demand {demand.shape}")
    steps = np.diff(period_of, prepend=-1)
    if ((steps < 0) | (steps > 1)).any() or steps[0] != 1:
        raise ValueError(f"period_of is {period_of.tolist()}: periods must ascend from 0 without gaps")
    _all_known(demand, np.flatnonzero(members.any(axis=0)))
    used = np.flatnonzero(members.any(axis=0))
    flat = np.ascontiguousarray(demand[used].reshape(len(used), paths * moments), dtype=np.float64)
    weights = members[:, used].astype(np.float64)
    starts = np.flatnonzero(steps)
    peaks = np.empty((len(members), paths, len(starts)))
    chunk = max(1, _VALUES_AT_ONCE // (paths * moments))
    for first in range(0, len(members), chunk):
        total = (weights[first : first + chunk] @ flat).reshape(-1, paths, moments)
        peaks[first : first + chunk] = np.maximum.reduceat(total, starts, axis=2)
    return peaks


def planned_peaks(peaks: NDArray[np.float64], plan_at: float) -> NDArray[np.float64]:
    """Return the demand that a share `plan_at` of paths stays within over all periods, shape (groups,).

    The maximum over periods is taken path by path before the quantile; at least `plan_at` of the paths fit in the answer.
    `peaks` (groups, paths, periods), from `joint_peaks`.
    """
    if not 0 < plan_at <= 1:
        raise ValueError(f"plan_at is {plan_at}: it is a probability above 0 and at most 1")
    largest = peaks.max(axis=2)
    return np.asarray(np.quantile(largest, plan_at, axis=1, method="inverted_cdf"), dtype=np.float64)


def coincidence_factor(demand: NDArray[np.floating], plan_at: float) -> float:
    """Return the joint peak over the sum of own peaks at `plan_at`: what one pool needs of what own servers would need.

    Its inverse is the diversity factor. 1 = the tenants peak together. Quantiles of own peaks do not add like peaks, so with
    few paths a value slightly above 1 is possible. `demand` (tenants, paths, moments), aligned.

    Raises
    ------
    ValueError
        If nobody demands anything, or a value is missing.

    """
    tenants, _, moments = demand.shape
    one_period = np.zeros(moments, dtype=np.int64)
    own = planned_peaks(joint_peaks(demand, np.eye(tenants, dtype=np.bool_), one_period), plan_at).sum()
    if not own > 0:
        raise ValueError(f"the tenants' own peaks sum to {own}: a coincidence factor needs demand")
    joint = planned_peaks(joint_peaks(demand, np.ones((1, tenants), dtype=np.bool_), one_period), plan_at)[0]
    return float(joint / own)


def _all_known(demand: NDArray[np.floating], used: NDArray[np.int64]) -> None:
    known = np.isfinite(demand[used]).all(axis=(1, 2))
    if not known.all():
        tenant = int(used[np.flatnonzero(~known)[0]])
        raise ValueError(f"demand of tenant {tenant} has values that are missing or infinite: an unknown demand is not zero")
