"""How often something fails: a weak belief updated by the incident log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailureRate:
    """Events a year of one instance, with what is not known about it."""

    mean_per_year: float
    low_per_year: float
    """5 % quantile of what the rate may be."""
    high_per_year: float
    """95 % quantile of what the rate may be."""
    events: int
    """Incidents counted."""
    exposure_years: float
    """Instance-years over which they were counted."""


def updated_rate(prior_per_year: float, evidence_years: float, events: int = 0, exposure_years: float = 0.0) -> FailureRate:
    """Return the failure rate after counting `events` in `exposure_years` instance-years.

    The prior is a gamma distribution with mean `prior_per_year` worth `evidence_years` of observation; Poisson counts give the
    gamma posterior (a + events) / (b + exposure) (Gelman et al. 2013, section 2.6), with its 90 % interval.
    """
    for name, value in (("prior_per_year", prior_per_year), ("evidence_years", evidence_years)):
        if not 0 < value < float("inf"):
            raise ValueError(f"{name} is {value}: a belief about a failure rate needs a positive number")
    if events < 0 or not 0 <= exposure_years < float("inf") or (events and not exposure_years):
        raise ValueError(f"{events} events in {exposure_years} instance-years: counts need a finite time they were counted in")
    from scipy.special import gammaincinv

    shape = prior_per_year * evidence_years + events
    years = evidence_years + exposure_years
    low, high = (float(gammaincinv(shape, level)) / years for level in (0.05, 0.95))
    return FailureRate(shape / years, low, high, events, exposure_years)
