"""Streams of arrivals: drawn at random for simulations, and described from timestamps."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen

WHAT_IF_BATCH = 3.0
"""Requests a click may send at once, to show what bunching that no counter sees would cost."""

_FEWEST_WINDOWS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Dispersion:
    """How much more arrivals bunch than a Poisson stream, by length of window."""

    windows_s: FloatArray
    """Window lengths in seconds, shape (windows,)."""
    index: FloatArray
    """Variance over mean of the counts in a window, 1 for Poisson; NaN where too few windows fit, shape (windows,)."""
    error: FloatArray
    """Standard error of the index if the windows are independent, shape (windows,)."""


def index_of_dispersion(times_s: FloatArray, windows_s: FloatArray) -> Dispersion:
    """Return the index of dispersion for counts of ascending timestamps in seconds at each window length.

    Use windows of 10 ms to 10 s: longer ones measure slow changes of the rate, which a queue of short services follows rather than
    feels (Whitt & You 2018). ValueError on fewer than two arrivals or descending timestamps.
    """
    times, windows = np.asarray(times_s, dtype=float), np.asarray(windows_s, dtype=float)
    if times.ndim != 1 or len(times) < 2 or not np.all(np.diff(times) >= 0):
        raise ValueError(f"times_s has shape {times.shape}; it must be a list of at least 2 ascending seconds")
    if not np.all(windows > 0):
        raise ValueError(f"windows_s={windows.tolist()!r} must be above 0 seconds")
    index, error = np.full(len(windows), np.nan), np.full(len(windows), np.nan)
    for k, window in enumerate(windows):
        whole = int((times[-1] - times[0]) // window)
        if whole < _FEWEST_WINDOWS:
            continue
        counts = np.histogram(times, times[0] + window * np.arange(whole + 1))[0]
        index[k] = counts.var(ddof=1) / counts.mean()
        error[k] = index[k] * np.sqrt(2 / (whole - 1))
    return Dispersion(frozen(windows.copy()), frozen(index), frozen(error))


def batch_factor(batch_sizes: FloatArray) -> float:
    """Return E[B^2] / E[B] of a sample of batch sizes: the mean size of the batch that a customer is in."""
    sizes = np.asarray(batch_sizes, dtype=float)
    if sizes.ndim != 1 or not len(sizes) or not np.all(sizes >= 1):
        raise ValueError(f"batch_sizes has shape {sizes.shape}; it must be a list of sizes of at least 1")
    return float((sizes**2).mean() / sizes.mean())


def poisson_arrivals(rate: float, customers: int, rng: np.random.Generator) -> FloatArray:
    """Draw that many ascending Poisson arrival times in seconds at `rate` a second."""
    if not rate > 0:
        raise ValueError(f"rate={rate!r} must be above 0 arrivals a second")
    return np.cumsum(rng.standard_exponential(customers)) / rate


def batch_arrivals(rate: float, mean_batch: float, customers: int, rng: np.random.Generator) -> FloatArray:
    """Draw arrival times of at least that many customers in Poisson batches of geometric size, `rate` customers a second."""
    if not mean_batch >= 1:
        raise ValueError(f"mean_batch={mean_batch!r} must be at least 1")
    sizes = rng.geometric(1 / mean_batch, int(np.ceil(2 * customers / mean_batch)) + 100)
    needed = int(np.searchsorted(np.cumsum(sizes), customers)) + 1
    return np.repeat(poisson_arrivals(rate / mean_batch, needed, rng), sizes[:needed])


def varying_arrivals(rates: FloatArray, interval_s: float, rng: np.random.Generator) -> FloatArray:
    """Draw the Poisson arrivals, in ascending seconds, of a day with a rate per second for each interval of `interval_s` seconds."""
    expected = np.asarray(rates, dtype=float) * interval_s
    if expected.ndim != 1 or not np.all(expected >= 0) or not expected.sum() > 0:
        raise ValueError(f"rates has shape {expected.shape}; it must be a list of rates of at least 0, not all 0")
    passed = np.concatenate([[0.0], np.cumsum(expected)])
    count = int(rng.poisson(passed[-1]))
    moments = np.sort(rng.uniform(0, passed[-1], count))
    return np.asarray(np.interp(moments, passed, interval_s * np.arange(len(passed))), dtype=float)


@dataclass(frozen=True, slots=True)
class ArrivalsByScrapes:
    """What counters that are read every so often say of a stream of arrivals."""

    rate: float
    """Mean arrivals a second over the counted intervals."""
    slow_dispersion: float
    """Variance over mean of the counts of an interval: slow changes of the rate, to be planned as rates by the minute."""
    arrival_scv: float
    """What a queue is to assume between arrivals: 1, Poisson, as the counts cannot show it."""
    what_if_batch: float
    """Mean batch with which to show what unseen bunching would cost."""
    notes: tuple[str, ...]
    """What was assumed, and what to measure instead."""


def arrivals_by_scrapes(counts: FloatArray, interval_s: float) -> ArrivalsByScrapes:
    """Describe a stream known only by its increase over intervals of `interval_s` seconds (`counts`, 1-D; NaN where a scrape failed).

    The dispersion of counts over a minute measures how the rate drifts, not what a queue of short services feels, so it is never handed
    on as the scv of arrivals (Whitt & You 2018). ValueError on fewer than two known counts or a negative one.
    """
    given = np.asarray(counts, dtype=float)
    known = given[~np.isnan(given)]
    if given.ndim != 1 or len(known) < 2 or np.any(known < 0) or not interval_s > 0:
        raise ValueError(f"counts {given.shape} must hold at least 2 known increases of at least 0, interval_s={interval_s!r} be above 0")
    mean = float(known.mean())
    dispersion = float(known.var(ddof=1)) / mean if mean > 0 else float("nan")
    note = f"Poisson arrivals are assumed: counters cannot show bunching within {interval_s:g} s, time stamps of single requests would"
    return ArrivalsByScrapes(mean / interval_s, dispersion, 1.0, WHAT_IF_BATCH, (note,))
