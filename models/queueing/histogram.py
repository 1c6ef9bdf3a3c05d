"""Fit a law to the buckets of a histogram by binned maximum likelihood with the mean held."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.bucket_likelihood import LARGEST_SCV, SMALLEST_SCV, Fit, held, likeliest, scv_interval
from models.queueing.buckets import Histogram
from models.queueing.families import FAMILIES
from models.queueing.laws import Law
from models.queueing.scv_limits import scv_limits

_HALF_CHI_SQUARE_90 = 1.3528  # half the 90 % quantile of chi-square with one degree of freedom
_RIVAL = 4.0  # a family this close in Schwarz's criterion also widens the interval (Kass & Raftery 1995, section 3.2)
_WILD_TAIL = 5.0  # E[X^2] over E[X]^2 of the excess in the wildest tail considered
_FEW_BUCKETS = 3
_OPEN_SHARE = 0.01  # share of observations above the last finite bound from which the tail is said to be unseen
_SLACK = 0.5  # share of the limits' own logarithmic width by which profile intervals may overstep them
_MOST_SLACK = 1.25
_HELD = 1.03  # a held scv may miss its limit by this factor
_DISAGREEMENT = 1.1  # ratio of the scvs of families that fit about as well, from which it is said


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


def fit_histogram(histogram: Histogram) -> LawFit:
    """Return the family with the smallest Schwarz criterion and the 90 % interval of the scv.

    Where the buckets limit the scv whatever the family, a law beyond these limits is held at the nearer one. The interval holds the
    limits, and the profile intervals of the likeliest family and its close rivals, widened by the misfit, as far as these stay near.
    """
    used = int((histogram.counts > 0).sum())
    fits = _fits(histogram, used)
    spread = max(fits[0].misfit(histogram), 1.0)
    rivals = [fit for fit in fits if fit.criterion(histogram) - fits[0].criterion(histogram) <= _RIVAL * spread]
    limits = _limits(histogram, used)
    best = fits[0] if limits is None else _within(fits, histogram, limits)
    law = best.law(histogram)
    widest = (SMALLEST_SCV, LARGEST_SCV) if limits is None else _widened(limits)
    intervals = [scv_interval(fit, histogram, _HALF_CHI_SQUARE_90 * spread, widest) for fit in rivals]
    intervals += [limits] if limits else [_open_tail_scvs(law, histogram), _few_bucket_scvs(law, histogram, used)]
    low = min(law.scv, *(interval[0] for interval in intervals))
    high = max(law.scv, *(interval[1] for interval in intervals))
    return LawFit(law, low, high, _warnings(histogram, used, spread, rivals, best))


def bucket_probabilities(law: Law, edges_s: FloatArray) -> FloatArray:
    """Return P(edge < X <= next edge), the last bucket open, shape (buckets,)."""
    return np.asarray(-np.diff(np.concatenate([[1.0], law.survival(edges_s[1:]), [0.0]])), dtype=float)


def _fits(histogram: Histogram, used: int) -> list[Fit]:
    families = [family for family in FAMILIES if len(family.starts[0]) < max(used, 2)]
    return sorted((likeliest(family, histogram) for family in families), key=lambda fit: fit.criterion(histogram))


def _limits(histogram: Histogram, used: int) -> tuple[float, float] | None:
    """Return the limits of the scv whatever the family; None: too few buckets or too much above the last bound to tell."""
    if used < _FEW_BUCKETS or histogram.counts[-1] > _OPEN_SHARE * histogram.counts.sum():
        return None
    return scv_limits(histogram)


def _widened(limits: tuple[float, float]) -> tuple[float, float]:
    slack = min((limits[1] / limits[0]) ** _SLACK, _MOST_SLACK)
    return limits[0] / slack, limits[1] * slack


def _within(fits: list[Fit], histogram: Histogram, limits: tuple[float, float]) -> Fit:
    """Return the fit with the smallest criterion after holding each at the limit it oversteps; fits come by their criterion."""
    low, high = limits
    found = None
    for fit in fits:
        if found is not None and fit.criterion(histogram) >= found.criterion(histogram):
            break
        bounded = fit if low <= fit.scv <= high else held(fit, histogram, low if fit.scv < low else high)
        near = low / _HELD <= bounded.scv <= high * _HELD
        if near and (found is None or bounded.criterion(histogram) < found.criterion(histogram)):
            found = bounded
    return fits[0] if found is None else found


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


def _warnings(histogram: Histogram, used: int, spread: float, rivals: list[Fit], best: Fit) -> tuple[str, ...]:
    notes = []
    open_share = float(histogram.counts[-1] / histogram.counts.sum())
    if open_share > _OPEN_SHARE:
        notes.append(
            f"{open_share:.1%} of observations are above the last bound {histogram.edges_s[-1]:g} s: the tail is only extrapolated"
        )
    if used < _FEW_BUCKETS:
        notes.append(f"only {used} bucket(s) hold observations: the scv comes mostly from the assumed family")
    if spread > 10:
        notes.append(f"no family fits the buckets closely (chi-square {spread:.0f} times its expectation): the interval allows for it")
    ordered = sorted(rivals, key=lambda fit: fit.scv)
    if ordered[-1].scv > _DISAGREEMENT * ordered[0].scv:
        notes.append(
            f"families that fit about as well disagree: scv {ordered[0].scv:.3g} by {ordered[0].family.name}, "
            f"{ordered[-1].scv:.3g} by {ordered[-1].family.name}"
        )
    free = rivals[0]
    if abs(best.scv - free.scv) > 0.01 * best.scv:
        notes.append(
            f"the likeliest law's scv {free.scv:.3g} ({free.family.name}) contradicts the buckets near the tail: held at {best.scv:.3g}"
        )
    return tuple(notes)
