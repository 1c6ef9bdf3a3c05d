"""Replace a law by two exponential classes that queue alike, for the exact solvers."""

import math

import numpy as np

from models.queueing.laws import Law, Mixture, exponential

_SHARES = (0.01, 0.999)  # of the work in the longer class; beyond, one class hardly counts
_HALVINGS = 45
_TIMES = np.concatenate([[0.0], np.geomspace(1e-4, 1e5, 1500)])  # in means


def queueing_stand_in(law: Law) -> Mixture:
    """Return two exponential classes with the law's mean, scv (above 1) and mean of the shorter of two remaining services.

    In heavy traffic the wait hangs on the scv. In light traffic it is the shortest of the services under way (Burman & Smith 1983),
    and with many servers it follows how long an excess of busy ones lasts, of which the share left after t is that of the remaining
    service. The third moment says less of either. Where two classes cannot have that mean, the nearest is taken.
    """
    second = (1 + law.scv) / 2
    target = _shorter_of_two(law) / law.mean
    low, high = _SHARES
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        low, high = (share, high) if _shorter_of_classes(second, share) < target else (low, share)
    long, short = _class_means(second, share)
    return Mixture((share / long, 1 - share / long), (exponential(law.mean * long), exponential(law.mean * short)))


def _shorter_of_two(law: Law) -> float:
    """The integral of P(remaining service > t)^2, in seconds."""
    t = _TIMES * law.mean
    left = law.excess(t) / law.mean
    return float(np.trapezoid(left**2, t))


def _shorter_of_classes(second: float, share: float) -> float:
    long, short = _class_means(second, share)
    return share**2 * long / 2 + (1 - share) ** 2 * short / 2 + 2 * share * (1 - share) * long * short / (long + short)


def _class_means(second: float, share: float) -> tuple[float, float]:
    """Means of the longer class, with this share of the work, and of the shorter, for mean 1 and half the second moment `second`."""
    middle = second + 2 * share - 1
    long = (middle + math.sqrt(middle**2 - 4 * share**2 * second)) / (2 * share)
    return long, (second - share * long) / (1 - share)
