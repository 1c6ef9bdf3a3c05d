"""How much of the estate one failure takes down, and what a year of failures costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ramp = Sequence[tuple[float, float]]
"""(hours since the start, share of the hourly cost lost from then on), ascending; nothing is lost before the first step."""


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """What fails together: nodes, instances, pools, zones, release rings."""

    rate_per_year: NDArray[np.float64]
    """Shape (domains,): events a year."""
    outage_h: NDArray[np.float64]
    """Shape (domains,): hours until service is back (detect, decide, fail over or restore)."""
    members: NDArray[np.bool_]
    """Shape (domains, tenants): tenants that need the domain and have no live alternative."""

    def __post_init__(self) -> None:
        """Freeze the arrays and refuse rates and hours that are not known."""
        if self.members.ndim != 2 or not len(self.rate_per_year) == len(self.outage_h) == len(self.members):
            shapes = (self.rate_per_year.shape, self.outage_h.shape, self.members.shape)
            raise ValueError(f"rate_per_year, outage_h and members have shapes {shapes}: the first axis of each is the domain")
        for name, values in (("rate_per_year", self.rate_per_year), ("outage_h", self.outage_h)):
            wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
            if len(wrong):
                raise ValueError(f"{name} of domain {wrong[0]} is {values[wrong[0]]}: it must be a finite number, not negative")
        for array in (self.rate_per_year, self.outage_h, self.members):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What breaks together when something breaks, in shares of users, user-hours and money."""

    worst_share: float
    """Largest share of users that one domain takes down."""
    worst_domain: int
    """Which domain that is."""
    mean_share: float
    """Mean share of users down, over the events that take somebody down."""
    size_biased_share: float
    """Mean share of users down as an affected user meets it: large events count by their size."""
    lost_user_hours_per_year: float
    """Expected, over all domains."""
    expected_annual_loss: float | None
    """Expected money a year; None if the cost of an hour is unknown for a tenant that some domain takes down."""


def blast_radius(domains: Domains, users: NDArray[np.float64], loss_per_event: NDArray[np.float64]) -> BlastRadius:
    """Return the blast radius over all domains, in shares of users.

    Two domains that fail at once count as two events (rates are small; the overlap is of second order).

    Parameters
    ----------
    domains
        What fails together.
    users
        Shape (tenants,); tenants without users (staging) have no share.
    loss_per_event
        Shape (domains, tenants): money lost in one event (see `event_loss`); NaN = the tenant's cost is unknown.

    """
    total = float(users.sum())
    if not total > 0:
        raise ValueError(f"users sum to {total}: a share of users needs at least one user")
    share = domains.members @ users / total
    rate = np.where(share > 0, domains.rate_per_year, 0.0)
    events, affected = float(rate.sum()), float(rate @ share)
    worst = int(np.argmax(share)) if len(share) else 0
    return BlastRadius(
        worst_share=float(share.max(initial=0.0)),
        worst_domain=worst,
        mean_share=affected / events if events > 0 else 0.0,
        size_biased_share=float(rate @ share**2) / affected if affected > 0 else 0.0,
        lost_user_hours_per_year=float(rate @ (domains.outage_h * share)) * total,
        expected_annual_loss=_expected_loss(domains, loss_per_event),
    )


def _expected_loss(domains: Domains, loss_per_event: NDArray[np.float64]) -> float | None:
    counted = domains.members & (domains.rate_per_year > 0)[:, None]
    lost = np.where(counted, loss_per_event, 0.0)
    return None if np.isnan(lost).any() else float(domains.rate_per_year @ lost.sum(axis=1))


def event_loss(outage_h: NDArray[np.float64], loss_per_hour: NDArray[np.float64], ramps: Sequence[Ramp]) -> NDArray[np.float64]:
    """Return the money each tenant loses in an outage, shape (domains, tenants).

    Parameters
    ----------
    outage_h
        Shape (domains,): length of the outage.
    loss_per_hour
        Shape (tenants,): money an hour once everything stops; NaN = unknown and stays NaN.
    ramps
        For every tenant which share of that is lost from which hour on.

    """
    if len(ramps) != len(loss_per_hour):
        raise ValueError(f"{len(ramps)} ramps for {len(loss_per_hour)} tenants: give one a tenant")
    kinds: dict[tuple[tuple[float, float], ...], int] = {}
    kind = np.array([kinds.setdefault(tuple(ramp), len(kinds)) for ramp in ramps], dtype=np.int64)
    if not kinds:
        return np.zeros((len(outage_h), 0))
    hours = np.stack([_full_hours(outage_h, ramp) for ramp in kinds], axis=1)
    return np.asarray(hours[:, kind] * loss_per_hour, dtype=np.float64)


def _full_hours(outage_h: NDArray[np.float64], ramp: Ramp) -> NDArray[np.float64]:
    """Return the integral of the lost share over the outage, in hours of full loss."""
    starts = np.asarray([start for start, _ in ramp])
    shares = np.asarray([share for _, share in ramp])
    if not len(ramp) or (np.diff(starts) <= 0).any() or starts[0] < 0 or (shares < 0).any() or (shares > 1).any():
        raise ValueError(f"ramp {tuple(ramp)}: hours must ascend from 0 or later and shares lie between 0 and 1")
    ends = np.append(starts[1:], np.inf)
    spent = np.clip(outage_h[:, None] - starts, 0.0, ends - starts)
    return np.asarray(spent @ shares, dtype=np.float64)


def effective_cells(sizes: NDArray[np.float64]) -> float:
    """Return the number of equal cells with the same concentration, 1/H with H = sum of squared shares (Herfindahl).

    H is the expected share hit when the cell of a random user is lost. `sizes` (cells,): users of each cell.
    """
    total = float(sizes.sum())
    if not total > 0:
        raise ValueError(f"sizes sum to {total}: at least one cell must hold users")
    return float(1.0 / ((sizes / total) ** 2).sum())
