"""Whether a pool carries its demand, what decides, and why something was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource


class ReasonCode(StrEnum):
    """What a reason says; the words are made in the workbench."""

    BINDING = "binding"
    """The resource that runs out first."""
    NOT_CHECKED = "not_checked"
    """A limit nobody gave: unknown, not infinite."""
    TOO_SMALL = "too_small"
    """An offer that cannot carry the demand of its pool."""
    FORCED = "forced"
    """A tenant that stands alone because a demand says so."""
    SHARING_RULE = "sharing_rule"
    """Tenants that may not share because of image, version or class."""
    USERS_LIMIT = "users_limit"
    """A pool that would take down more users than allowed."""
    EXTRAPOLATED = "extrapolated"
    """A figure beyond what was observed."""
    ASSUMED = "assumed"
    """A figure that rests on an assumption."""
    SHORT_HISTORY = "short_history"
    """Too little history for a season."""
    NO_DATA = "no_data"
    """No measurement behind a figure."""
    MISSING_PRICE = "missing_price"
    """A line without a price."""
    NOTHING_BETTER = "nothing_better"
    """A pure topology is already the best split."""
    OVERFLOW = "overflow"
    """Usable worker capacity is bounded by the accept queue, not by the response objective."""
    UNSTABLE = "unstable"
    """Demand above what the pool can ever serve."""
    METASTABLE = "metastable"
    """More than one state can last: after a surge the pool may not come back by itself."""
    COLLAPSED = "collapsed"
    """Measurements of a pool that had stopped serving while processors were idle: another regime, left out."""
    NOT_IDENTIFIED = "not_identified"
    """A parameter the measurements do not determine."""
    NOT_SEPARABLE = "not_separable"
    """Parts the measurements show only together."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A machine-readable reason; indices and figures, no names."""

    code: ReasonCode
    resource: Resource | None = None
    tenants: tuple[int, ...] = ()
    """Indices of the tenants concerned."""
    offers: tuple[int, ...] = ()
    """Indices of the offers concerned."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Figures with units in their names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a pool carries its demand, and what decides."""

    headroom: float
    """Free share of the binding resource at the planned percentile; negative when it does not fit."""
    reason: Reason


def verdict(planned: NDArray[np.float64], usable: NDArray[np.float64], resources: tuple[Resource, ...]) -> Verdict:
    """Return the headroom (share) of the resource that runs out first.

    Parameters
    ----------
    planned, usable
        Shape (resources,), in the units of `resources`; NaN usable is an unknown limit and cannot bind.

    Raises
    ------
    ValueError
        If no resource has both a demand and a known limit.

    """
    known = np.isfinite(usable) & np.isfinite(planned)
    if not known.any():
        names = ", ".join(resources)
        raise ValueError(f"no limit is known for any of {names}: give one usable capacity at least")
    with np.errstate(divide="ignore", invalid="ignore"):
        free = np.where(usable > 0, 1 - planned / usable, np.where(planned > 0, -np.inf, 1.0))
    free = np.where(known, free, np.inf)
    binding = int(np.argmin(free))
    unknown = {f"unknown_{resources[i]}": float(planned[i]) for i in np.flatnonzero(~known)}
    figures = {"demand": float(planned[binding]), "usable": float(usable[binding]), **unknown}
    return Verdict(float(free[binding]), Reason(ReasonCode.BINDING, resources[binding], figures=figures))
