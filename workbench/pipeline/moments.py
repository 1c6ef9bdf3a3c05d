"""Choose the hours of a month that decide, so that demand need not keep all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.02
"""No tenant's monthly peak may be missed by more than this share."""
MOST = 48
"""Hours a month at the most; beyond, the error is reported."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Hours of one month that decide."""

    hour: NDArray[np.int64]
    """Shape (paths, moments): hour within the month."""
    error: float
    """Largest shortfall left of a tenant's peak, as a share."""


def choose_moments(signals: NDArray[np.float32], groups: NDArray[np.bool_], plan_at: float) -> Chosen:
    """Return the hours at which some group or tenant peaks, path by path.

    First the peak hour of every group for every signal; then, while a tenant's peak at the chosen hours falls short of its
    peak over all hours by more than 2 % (at the planned quantile over paths), the peak hour of the tenant that falls short most.

    Parameters
    ----------
    signals
        Shape (signals, tenants, paths, hours): loads whose peaks matter (online work, CPU with batch).
    groups
        Shape (groups, tenants): sets of tenants that may share a pool.
    plan_at
        Quantile over paths at which peaks are compared.

    """
    kinds, tenants, _, _ = signals.shape
    hours = [_peak_hour(_sum(signals[kind], group)) for kind in range(kinds) for group in groups]
    chosen = _distinct(hours)
    full = np.quantile(signals.max(axis=3), plan_at, axis=2)  # (signals, tenants)
    while True:
        at = np.take_along_axis(signals, np.broadcast_to(chosen[None, None], (kinds, tenants, *chosen.shape)), axis=3).max(axis=3)
        with np.errstate(divide="ignore", invalid="ignore"):
            short = np.where(full > 0, 1 - np.quantile(at, plan_at, axis=2) / full, 0.0)
        if short.max() <= TOLERANCE or chosen.shape[1] >= MOST:
            return Chosen(chosen, float(max(short.max(), 0.0)))
        kind, tenant = np.unravel_index(int(np.argmax(short)), short.shape)
        chosen = np.column_stack([chosen, _peak_hour(signals[kind, tenant])])


def _sum(signal: NDArray[np.float32], group: NDArray[np.bool_]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = signal[group].sum(axis=0)
    return total


def _peak_hour(values: NDArray[np.float32]) -> NDArray[np.int64]:
    hours: NDArray[np.int64] = np.argmax(values, axis=1)
    return hours


def _distinct(hours: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the columns without exact repeats, in their first order."""
    seen: dict[bytes, NDArray[np.int64]] = {}
    for column in hours:
        seen.setdefault(column.tobytes(), column)
    return np.column_stack(list(seen.values()))
