"""The time a customer holds a server, from moments, histograms or samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.queueing.laws import Law, two_moment_law

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.queueing.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """A service time by mean and squared coefficient of variation, with its law when that is known."""

    mean: float
    """Mean in seconds."""
    scv: float
    """Squared coefficient of variation: 0 constant, 1 exponential."""
    law: Law | None = None
    """The fitted or stated law; None: only the two moments are known."""
    scv_low: float | None = None
    """Lower end of the 90 % interval of the scv; None: not estimated."""
    scv_high: float | None = None
    """Upper end of the 90 % interval of the scv; None: not estimated."""
    warnings: tuple[str, ...] = ()
    """What the data could not show."""

    def __post_init__(self) -> None:
        if not 0 < self.mean < np.inf:
            raise ValueError(f"mean={self.mean!r} must be finite and above 0 seconds")
        if not 0 <= self.scv < np.inf:
            raise ValueError(f"scv={self.scv!r} must be finite and at least 0")
        if self.law is not None and abs(self.law.mean - self.mean) > 1e-6 * self.mean:
            raise ValueError(f"law={self.law!r} has mean {self.law.mean!r}; it must be the mean={self.mean!r}")

    @property
    def distribution(self) -> Law:
        """The law, or the plainest one with these moments."""
        return self.law if self.law is not None else two_moment_law(self.mean, self.scv)

    @classmethod
    def of(cls, law: Law) -> ServiceTime:
        """Return the service time with this law."""
        return cls(law.mean, law.scv, law)

    @classmethod
    def from_histogram(
        cls, upper_bounds: Sequence[float] | FloatArray, cumulative_counts: Sequence[float] | FloatArray, total_seconds: float
    ) -> ServiceTime:
        """Fit the law to a cumulative histogram, its mean held at total_seconds over the last count.

        `upper_bounds` ascend to +Inf, `cumulative_counts` are the observations at or below each, as Prometheus writes them. Binned
        maximum likelihood, +Inf as right-censored, the family by Schwarz's criterion. The interval of the scv holds what the buckets
        leave open whatever the family (the law is held within that) and the profile likelihood of families that fit about as well,
        widened by the misfit and by an unseen tail. Raises ValueError on unordered bounds, decreasing counts, a missing
        +Inf or a mean outside its buckets.
        """
        from models.queueing.buckets import read_histogram
        from models.queueing.histogram import fit_histogram

        fit = fit_histogram(read_histogram(upper_bounds, cumulative_counts, total_seconds))
        return cls(fit.law.mean, fit.law.scv, fit.law, fit.scv_low, fit.scv_high, fit.warnings)

    @classmethod
    def from_samples(cls, seconds: Sequence[float] | FloatArray) -> ServiceTime:
        """Fit mean, scv and law to single observations in seconds (at least 2, none negative, not all zero).

        The scv is the sample's, its 90 % interval by bootstrap over 200 resamples; the law is the likeliest with these moments.
        """
        from models.queueing.samples import fit_samples

        fit = fit_samples(np.asarray(seconds, dtype=float))
        return cls(fit.law.mean, fit.law.scv, fit.law, fit.scv_low, fit.scv_high, fit.warnings)
