"""Refusing input that no placement can answer, by name."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.chances import Chances
from models.topology.placement.packing import FITS


def check(demand: NDArray[np.float64], capacity: NDArray[np.float64], cost: NDArray[np.float64]) -> None:
    """Raise ValueError for shapes that disagree and for values that are no amounts."""
    if demand.ndim != 2 or capacity.ndim != 2 or demand.shape[1] != capacity.shape[1] or cost.shape != (len(capacity),):
        raise ValueError(f"demand {demand.shape}, capacity {capacity.shape} and cost {cost.shape} do not agree on resources and offers")
    if not len(capacity):
        raise ValueError("capacity holds no offer: give one at least")
    for name, values in (("demand", demand), ("capacity", capacity), ("cost", cost[:, None])):
        wrong = np.argwhere(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            where = "tenant" if name == "demand" else "offer"
            row, column = wrong[0]
            at = f"{where} {row}" if name == "cost" else f"{where} {row}, resource {column}"
            raise ValueError(f"{name} of {at} is {values[row, column]}: it must be a finite number, not negative")


def check_each_fits(
    demand: NDArray[np.float64], capacity: NDArray[np.float64], allowed: NDArray[np.bool_] | None, chance: Chances | None
) -> None:
    """Raise ValueError for a tenant that no offer it is allowed on holds, even alone.

    Names the tenant, and on the offer that misses by least the resource that lacks most.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = np.where(demand[:, None] > 0, demand[:, None] / capacity[None], 0.0)
    usable = np.ones(filled.shape[:2], dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
    worst = np.where(usable, filled.max(axis=2), np.inf)
    fits = worst <= FITS if chance is None else chance.holds(np.eye(len(demand), dtype=np.bool_), capacity) & usable
    lost = np.flatnonzero(~fits.any(axis=1))
    if len(lost):
        tenant = int(lost[0])
        offer = int(worst[tenant].argmin())
        resource = int(filled[tenant, offer].argmax())
        whose = "no offer" if allowed is None else "no offer it is allowed on"
        raise ValueError(
            f"tenant {tenant} needs {demand[tenant, resource]:g} of resource {resource}; the best offer, {offer}, holds "
            f"{capacity[offer, resource]:g}: {whose} holds it, allow a larger one"
        )
