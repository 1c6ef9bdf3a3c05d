"""Fit a law to the buckets of a histogram by binned maximum likelihood with the mean held."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.families import FAMILIES, Family
from models.queueing.laws import Law

_NOTHING = 1e-12  # probability below which a bucket counts as impossible
_HALF_CHI_SQUARE_90 = 1.3528  # half the 90 % quantile of chi-square with one degree of freedom
_RIVAL = 4.0  # a family this close in Schwarz's criterion also widens the interval (Kass & Raftery 1995, section 3.2)
_LARGEST_SCV = 500.0
_WILD_TAIL = 5.0  # E[X^2] over E[X]^2 of the excess in the wildest tail considered
_FEW_BUCKETS = 3
_ROUNDING = 0.01  # sums and counts may be rounded to three digits, and be rates extrapolated to a window
_OPEN_SHARE = 0.01  # share of observations above the last finite bound from which the tail is said to be unseen


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts between bounds, the last bucket open."""

    edges_s: FloatArray
    """Bounds from 0 to the last finite one, in seconds, shape (buckets,)."""
    counts: FloatArray
    """Observations above each edge and at most the next, shape (buckets,)."""
    mean_s: float
    """Mean of all observations in seconds."""


@dataclass(frozen=True, slots=True)
class LawFit:
    """A fitted law and how well its variation is known."""

    law: Law
    """The law."""
    scv_low: float
    """Lower end of the 90 % interval of the scv."""
    scv_high: float
    """Upper end of the 90 % interval of the scv."""
    warnings: tuple[str, ...]
    """What the data could not show."""


def read_histogram(
    upper_bounds: Sequence[float] | FloatArray, cumulative_counts: Sequence[float] | FloatArray, total_seconds: float
) -> Histogram:
    """Return checked buckets; ValueError names the bucket that is wrong and the rule."""
    bounds, cumulative = np.asarray(upper_bounds, dtype=float), np.asarray(cumulative_counts, dtype=float)
    _check_buckets(bounds, cumulative)
    counts = np.diff(cumulative, prepend=0.0)
    mean = total_seconds / cumulative[-1]
    lowest = float(counts[1:] @ bounds[:-1]) if bounds[0] > 0 else float(counts[2:] @ bounds[1:-1])
    if not (np.isfinite(total_seconds) and total_seconds > 0):
        raise ValueError(f"total_seconds={total_seconds!r} must be finite and above 0 seconds")
    highest = float(counts[:-1] @ np.maximum(bounds[:-1], 0)) if counts[-1] == 0 else np.inf
    if not lowest * (1 - _ROUNDING) <= total_seconds <= highest * (1 + _ROUNDING):
        raise ValueError(
            f"total_seconds={total_seconds!r} does not fit the buckets, which allow {lowest:g} to {highest:g} s: "
            "take sum and buckets from the same series and the same window"
        )
    keep = bounds[:-1] > 0
    inside = counts[:-1][keep]
    inside[0] += counts[:-1][~keep].sum()
    edges = np.concatenate([[0.0], bounds[:-1][keep]])
    return Histogram(frozen(edges), frozen(np.concatenate([inside, counts[-1:]])), float(mean))


def fit_histogram(histogram: Histogram) -> LawFit:
    """Return the family with the smallest Schwarz criterion and the 90 % interval of the scv over it and its close rivals."""
    used = int((histogram.counts > 0).sum())
    families = [family for family in FAMILIES if len(family.starts[0]) < max(used, 2)]
    fits = sorted((_Fit.best(family, histogram) for family in families), key=lambda fit: fit.criterion(histogram))
    best = fits[0]
    spread = max(best.misfit(histogram), 1.0)
    rivals = [fit for fit in fits if fit.criterion(histogram) - best.criterion(histogram) <= _RIVAL * spread]
    intervals = [fit.scv_interval(histogram, _HALF_CHI_SQUARE_90 * spread) for fit in rivals]
    law = best.law(histogram)
    intervals += [_open_tail_scvs(law, histogram), _few_bucket_scvs(law, histogram, used)]
    low = min(law.scv, *(interval[0] for interval in intervals))
    high = max(law.scv, *(interval[1] for interval in intervals))
    return LawFit(law, low, high, _warnings(histogram, used, spread))


def _open_tail_scvs(law: Law, histogram: Histogram) -> tuple[float, float]:
    """Return the scv with other tails of the same mean beyond the last bound: without variation, and with four times an exponential's."""
    if histogram.counts[-1] <= _OPEN_SHARE * histogram.counts.sum():
        return law.scv, law.scv
    last = float(histogram.edges_s[-1])
    beyond = last + np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 4001)]) * law.mean
    excess = law.excess(beyond)
    share = float(law.survival(beyond[:1])[0])
    mean = float(excess[0]) / share
    square = 2 * float(np.trapezoid(excess, beyond)) / share
    per_square = share / law.mean**2
    return law.scv - per_square * (square - mean**2), law.scv + per_square * max(_WILD_TAIL * mean**2 - square, 0.0)


def _few_bucket_scvs(law: Law, histogram: Histogram, used: int) -> tuple[float, float]:
    """Return the scv without and with all the variation that one or two buckets leave room for, whatever the family."""
    if used >= _FEW_BUCKETS or histogram.counts[-1] > 0:
        return law.scv, law.scv
    low, high = histogram.edges_s[:-1], histogram.edges_s[1:]
    shares = histogram.counts[:-1] / histogram.counts.sum()
    place = (histogram.mean_s - float(shares @ low)) / float(shares @ (high - low))
    means = low + place * (high - low)
    least, most = float(shares @ means**2), float(shares @ ((low + high) * means - low * high))
    return least / histogram.mean_s**2 - 1, most / histogram.mean_s**2 - 1


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    family: Family
    parameters: FloatArray
    log_likelihood: float

    @classmethod
    def best(cls, family: Family, histogram: Histogram) -> "_Fit":
        searched = [_maximise(family, histogram, np.array(start), None) for start in family.starts]
        parameters, value = max(searched, key=lambda pair: pair[1])
        return cls(family, parameters, value)

    def criterion(self, histogram: Histogram) -> float:
        return len(self.parameters) * math.log(histogram.counts.sum()) - 2 * self.log_likelihood

    def law(self, histogram: Histogram) -> Law:
        return self.family.law(self.parameters, histogram.mean_s)

    def misfit(self, histogram: Histogram) -> float:
        expected = histogram.counts.sum() * bucket_probabilities(self.law(histogram), histogram.edges_s)
        seen = expected >= 1
        freedom = max(int(seen.sum()) - 1 - len(self.parameters), 1)
        return float((((histogram.counts - expected) ** 2)[seen] / expected[seen]).sum()) / freedom

    def scv_interval(self, histogram: Histogram, drop: float) -> tuple[float, float]:
        if not len(self.parameters):
            return (self.law(histogram).scv,) * 2
        return self._bound(histogram, drop, -1.0), self._bound(histogram, drop, 1.0)

    def _bound(self, histogram: Histogram, drop: float, direction: float) -> float:
        """Walk the profile away from the estimate until the likelihood has fallen by `drop`, then halve the last step."""
        here, parameters, step = math.log(max(self.law(histogram).scv, 1e-6)), self.parameters, 0.05
        limit = math.log(_LARGEST_SCV) if direction > 0 else math.log(1e-6)
        inside = here
        for _ in range(24):
            target = inside + direction * step
            if (limit - target) * direction <= 0:
                return math.exp(limit)
            found, value = _maximise(self.family, histogram, parameters, target)
            if self.log_likelihood - value <= drop:
                inside, parameters, step = target, found, step * 2
            elif step <= 0.01 * max(abs(inside - here), 0.01):
                break
            else:
                step /= 4
        return math.exp(inside + direction * step / 2)


def bucket_probabilities(law: Law, edges_s: FloatArray) -> FloatArray:
    """Return P(edge < X <= next edge), the last bucket open, shape (buckets,)."""
    return np.asarray(-np.diff(np.concatenate([[1.0], law.survival(edges_s[1:]), [0.0]])), dtype=float)


def _maximise(family: Family, histogram: Histogram, start: FloatArray, log_scv: float | None) -> tuple[FloatArray, float]:
    """Parameters of largest likelihood and its value, free or with the scv held."""
    from scipy.optimize import minimize

    def cost(parameters: FloatArray) -> float:
        law = family.law(np.clip(parameters, -12, 12), histogram.mean_s)
        probabilities = np.maximum(bucket_probabilities(law, histogram.edges_s), _NOTHING)
        loss = -float(histogram.counts @ np.log(probabilities))
        return loss if log_scv is None else loss + 1e4 * histogram.counts.sum() * (math.log(max(law.scv, 1e-9)) - log_scv) ** 2

    if not len(start):
        return start, -cost(start)
    found = minimize(cost, start, method="Nelder-Mead", options={"maxiter": 400 * len(start), "xatol": 1e-3, "fatol": 1e-2})
    parameters = np.clip(found.x, -12, 12)
    return parameters, -cost(parameters)


def _check_buckets(bounds: FloatArray, cumulative: FloatArray) -> None:
    if bounds.ndim != 1 or bounds.shape != cumulative.shape or len(bounds) < 2:
        raise ValueError(
            f"upper_bounds {bounds.shape} and cumulative_counts {cumulative.shape} must be two lists of one length, at least 2"
        )
    if bounds[-1] != np.inf:
        raise ValueError(f"upper_bounds ends in {bounds[-1]:g}: the last bucket must be +Inf; add it with the total count")
    for k in range(1, len(bounds)):
        if not bounds[k] > bounds[k - 1]:
            raise ValueError(f"upper_bounds[{k}]={bounds[k]:g} must be above upper_bounds[{k - 1}]={bounds[k - 1]:g}: sort the buckets")
        if not cumulative[k] >= cumulative[k - 1]:
            raise ValueError(
                f"cumulative_counts[{k}]={cumulative[k]:g} is below cumulative_counts[{k - 1}]={cumulative[k - 1]:g}: counts of one "
                "scrape never decrease over the bounds; sum rates per bound before, over the same window"
            )
    if not (np.all(np.isfinite(cumulative)) and cumulative[0] >= 0):
        raise ValueError(f"cumulative_counts={cumulative.tolist()!r} must be finite and at least 0")
    if cumulative[-1] <= 0:
        raise ValueError("cumulative_counts ends in 0: the histogram is empty, choose a window with requests")
    if not np.any(bounds[:-1] > 0):
        raise ValueError(f"upper_bounds={bounds.tolist()!r} must hold a finite bound above 0 seconds")


def _warnings(histogram: Histogram, used: int, spread: float) -> tuple[str, ...]:
    notes = []
    open_share = float(histogram.counts[-1] / histogram.counts.sum())
    if open_share > _OPEN_SHARE:
        notes.append(
            f"{open_share:.1%} of observations are above the last bound {histogram.edges_s[-1]:g} s: the tail is only extrapolated"
        )
    if used < _FEW_BUCKETS:
        notes.append(f"only {used} bucket(s) hold observations: the scv comes mostly from the assumed family")
    if spread > 10:
        notes.append(
            f"no family fits the buckets closely (chi-square {spread:.0f} times its expectation): the interval is widened accordingly"
        )
    return tuple(notes)
