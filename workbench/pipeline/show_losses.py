"""Arrays for the charts of risk: a year's loss as equally likely years, and the hours each domain takes each tenant down."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.annual_loss import AnnualLoss
from workbench.pipeline.risk import Risk

YEARS = 4000
"""Equally likely years that stand for the distribution: fine enough for one year in a hundred."""


@dataclass(frozen=True, slots=True, eq=False)
class DownHours:
    """Which domain takes which tenant down for how long."""

    domains: tuple[str, ...]
    tenants: tuple[int, ...]
    """Tenants that any domain reaches."""
    hours: NDArray[np.float64]
    """Shape (domains, tenants): expected hours a year."""

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.hours.flags.writeable = False


def loss_years(loss: AnnualLoss) -> NDArray[np.float64]:
    """Return the losses of equally likely years, ascending, shape (years,): the quantiles of the distribution."""
    cumulative = np.cumsum(loss.probability)
    places = np.searchsorted(cumulative, (np.arange(YEARS) + 0.5) / YEARS * cumulative[-1])
    return np.asarray(loss.loss[np.minimum(places, len(loss.loss) - 1)], float)


def down_hours(risk: Risk, users: NDArray[np.float64]) -> DownHours:
    """Return the expected hours a year that each domain takes each tenant down, those that take most users first.

    `users` (tenants,) are those of production; domains that reach nobody are left out.
    """
    reaching = sorted((one for one in risk.domains if one.tenants), key=lambda one: (-float(users[list(one.tenants)].sum()), one.name))
    hours = np.zeros((len(reaching), len(users)))
    for row, domain in enumerate(reaching):
        hours[row, list(domain.tenants)] = domain.rate_per_year * domain.outage_h
    reached = np.flatnonzero(hours.any(axis=0))
    return DownHours(tuple(domain.name for domain in reaching), tuple(int(i) for i in reached), hours[:, reached])
