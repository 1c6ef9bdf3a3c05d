"""Tell work that runs by the clock (MRP, invoicing, backups) from work that users cause."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOURS_PER_WEEK = 168
RECURRING_SHARE = 0.3
"""A slot of the week is a batch slot when its median excess is above this share of what the requests explain."""
LEAST_SHARE = 0.25
"""… or of this share of the mean use, whichever is more: at night nearly nothing is explained, and noise is no batch."""
BUSY_QUANTILE = 0.6
"""Requests above this quantile of an hour: there the requests decide the use of CPU."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchSplit:
    """What requests take, and what runs beside them by the clock."""

    per_request: float
    """Use per request."""
    relative_se: float
    """Standard error of it over its value."""
    batch: NDArray[np.float64]
    """Shape (hours,): use by the clock, per second; 0 outside the slots it recurs in, NaN where unknown."""
    slots: NDArray[np.bool_]
    """Shape (168,): hours of the week in which it recurs."""


def split_batch(amount: NDArray[np.float64], requests: NDArray[np.float64], hour_of_week: NDArray[np.int64]) -> BatchSplit:
    """Return use per request (median ratio of busy hours) and the recurring rest.

    The median over busy hours is not moved by nights of batch work; the rest counts as batch only in hours of the week in which
    its median is large, so that noise of busy days is not taken for batch work.

    Parameters
    ----------
    amount
        Shape (hours,): use per second, NaN missing.
    requests
        Shape (hours,): requests per second, NaN missing.
    hour_of_week
        Shape (hours,): 0 to 167 in the tenant's own zone.

    Raises
    ------
    ValueError
        If no hour has both values and a request.

    """
    known = np.isfinite(amount) & np.isfinite(requests)
    busy = known & (requests > 0)
    if not busy.any():
        raise ValueError("no hour has both requests and a use of CPU: nothing to split")
    busy &= requests >= np.quantile(requests[busy], BUSY_QUANTILE)
    ratio = amount[busy] / requests[busy]
    per_request = float(np.median(ratio))
    excess = np.where(known, amount - per_request * requests, np.nan)
    slots = _recurring(excess, per_request * requests, hour_of_week)
    batch = np.where(known, np.where(slots[hour_of_week], np.maximum(excess, 0.0), 0.0), np.nan)
    return BatchSplit(per_request, _median_se(ratio, np.flatnonzero(busy) // 24), batch, slots)


def _recurring(excess: NDArray[np.float64], explained: NDArray[np.float64], hour_of_week: NDArray[np.int64]) -> NDArray[np.bool_]:
    slots = np.zeros(HOURS_PER_WEEK, bool)
    known = np.isfinite(explained)
    floor = LEAST_SHARE * float(np.mean(explained[known])) if known.any() else 0.0
    for slot in range(HOURS_PER_WEEK):
        here = (hour_of_week == slot) & np.isfinite(excess)
        if np.count_nonzero(here) >= 2:
            slots[slot] = np.median(excess[here]) > RECURRING_SHARE * max(float(np.median(explained[here])), floor, 1e-12)
    return slots


def _median_se(ratio: NDArray[np.float64], day: NDArray[np.int64]) -> float:
    """Return the relative standard error of the median from the spread of daily medians."""
    days = np.unique(day)
    if len(days) < 3:
        return 0.25
    medians = np.array([np.median(ratio[day == d]) for d in days])
    spread = 1.4826 * float(np.median(np.abs(medians - np.median(medians))))
    return max(float(1.2533 * spread / np.sqrt(len(days)) / np.median(medians)), 0.005)
