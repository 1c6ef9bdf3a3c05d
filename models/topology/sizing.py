"""How many units of an offer a pool needs at every purchase step, and which resource says so."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-9
"""Relative slack before one more unit is bought, against noise in the last digits."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What must be survived: the larger of a number of units and a share of them (rounded up: the fullest zone)."""

    units: int = 0
    """Units lost together: 1 for a node."""
    share: float = 0.0
    """Share lost together: 1/3 for one of three zones."""

    def __post_init__(self) -> None:
        """Refuse a loss that leaves nothing."""
        if self.units < 0 or not 0 <= self.share < 1:
            raise ValueError(f"a loss of {self.units} units and a share of {self.share}: units are not negative, the share is below 1")

    def of(self, count: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many of `count` units are lost."""
        lost: NDArray[np.int64] = np.maximum(self.units, np.ceil(self.share * count - _ROUNDING).astype(np.int64))
        return lost


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Units of each offer at each step."""

    units: NDArray[np.int64]
    """Shape (offers, steps): least number that passes both tests; -1 where no allowed number does."""
    binding: NDArray[np.int64]
    """Shape (offers, steps): resource that needs the most units; -1 if nothing is demanded."""
    by_loss: NDArray[np.bool_]
    """Shape (offers, steps): whether the test after the loss decides, not the one with all alive."""
    unchecked: NDArray[np.bool_]
    """Shape (offers, resources): demanded, but the limit is unknown, so nothing was tested."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.units, self.binding, self.by_loss, self.unchecked):
            array.flags.writeable = False

    @property
    def feasible(self) -> NDArray[np.bool_]:
        """Offers that pass at every step, shape (offers,)."""
        return np.asarray((self.units >= 0).all(axis=1))


def unit_counts(
    needed: NDArray[np.float64],
    usable: NDArray[np.float64],
    headroom: float,
    loss: Loss,
    *,
    least: int = 1,
    most: int | None = None,
) -> Counts:
    """Return the least number of units per offer and step that passes both tests.

    All alive: needed <= (1 - headroom) x usable. After the loss: needed <= usable of what is left. The two margins are not
    added up.

    Parameters
    ----------
    needed
        Shape (steps, resources): planned demand of the pool until the next step and its lead time; every value known.
    usable
        Shape (offers, resources): usable capacity of one unit; capacities of units add. NaN = unknown limit, not tested.
    headroom
        Share kept free while all units are alive, from 0 to below 1.
    loss
        What must be survived.
    least, most
        Fewest and most units allowed; most=None: as many as needed.

    """
    _check(needed, usable, headroom)
    unchecked = np.isnan(usable) & (needed.max(axis=0, initial=0.0) > 0)
    alive = _units(needed, usable * (1 - headroom))
    left = _units(needed, usable)
    after = _with_loss(left, loss)
    each = np.maximum(alive, after)
    units = np.maximum(each.max(axis=2, initial=0), least)
    units = np.maximum(units, _with_loss(np.ones_like(units), loss))
    possible = np.isfinite(units) if most is None else units <= most
    which = each.argmax(axis=2)
    demanded = each.max(axis=2, initial=0) > 0
    chosen = np.take_along_axis(after > alive, which[:, :, None], axis=2)[:, :, 0]
    whole = np.where(possible, np.where(np.isfinite(units), units, 0), -1).astype(np.int64)
    return Counts(whole, np.where(demanded, which, -1), chosen & demanded, unchecked)


def never_shrinking(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return counts (…, steps) that keep what was bought (volumes, commitments); -1 stays -1."""
    return np.where(units < 0, -1, np.maximum.accumulate(units, axis=-1))


def headroom_left(needed: NDArray[np.float64], usable: NDArray[np.float64], units: NDArray[np.int64], loss: Loss) -> NDArray[np.float64]:
    """Return the free share per step and resource after the loss, shape (steps, resources); Loss() = all alive.

    NaN where the limit is unknown, -inf where nothing is left for a demand.

    Parameters
    ----------
    needed, usable, units
        Shapes (steps, resources), (resources,) of one unit, (steps,).
    loss
        What is lost.

    """
    capacity = np.maximum(units - loss.of(units), 0)[:, None] * usable
    with np.errstate(divide="ignore", invalid="ignore"):
        free = np.where(capacity > 0, 1 - needed / capacity, np.where(needed > 0, -np.inf, 1.0))
    return np.where(np.isnan(usable), np.nan, free)


def cheapest_offer(counts: Counts, cost_per_unit: NDArray[np.float64], step_hours: NDArray[np.float64]) -> int | None:
    """Return the feasible offer with the least cost over all steps; None if no offer is feasible.

    `cost_per_unit` (offers,) per unit and hour, NaN = no price (never chosen); `step_hours` (steps,).
    """
    total = np.where(counts.feasible, cost_per_unit * (counts.units @ step_hours), np.inf)
    total = np.where(np.isnan(total), np.inf, total)
    best = int(np.argmin(total))
    return best if np.isfinite(total[best]) else None


def _units(needed: NDArray[np.float64], usable: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return units per resource, shape (offers, steps, resources); inf where a unit carries nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = needed[None] / usable[:, None]
    whole = np.ceil(ratio * (1 - _ROUNDING))
    return np.where(needed[None] <= 0, 0.0, np.where(np.isnan(usable)[:, None], 0.0, whole))


def _with_loss(left: NDArray[np.float64], loss: Loss) -> NDArray[np.float64]:
    """Return the least number of units of which `left` remain after the loss."""
    finite = np.where(np.isfinite(left), left, 0).astype(np.int64)
    count = np.maximum(finite + loss.units, np.floor(finite / (1 - loss.share)).astype(np.int64) - 1)
    while (short := count - loss.of(count) < finite).any():
        count = count + short
    return np.where(left == 0, 0.0, np.where(np.isfinite(left), count, np.inf))


def _check(needed: NDArray[np.float64], usable: NDArray[np.float64], headroom: float) -> None:
    if needed.ndim != 2 or usable.ndim != 2 or needed.shape[1] != usable.shape[1]:
        raise ValueError(f"needed {needed.shape} and usable {usable.shape} must agree on resources, their last axis")
    wrong = np.argwhere(~(np.isfinite(needed) & (needed >= 0)))
    if len(wrong):
        step, resource = wrong[0]
        raise ValueError(f"needed of resource {resource} at step {step} is {needed[step, resource]}: an unknown demand cannot be sized")
    if (usable < 0).any() or np.isinf(usable).any():
        offer, resource = np.argwhere((usable < 0) | np.isinf(usable))[0]
        raise ValueError(
            f"usable of offer {offer}, resource {resource} is {usable[offer, resource]}: give a finite limit, or NaN if unknown"
        )
    if not 0 <= headroom < 1:
        raise ValueError(f"headroom is {headroom}: it is a share from 0 to below 1")
