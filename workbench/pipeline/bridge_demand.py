"""New demand that grows as an older forecast said it would: between what was measured and what was fitted anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import Demand, OwnMoments

Curves = NDArray[np.float64]


def growth_curves(demand: Demand) -> Curves:
    """Return the median monthly peak of every driver of every measured tenant, flows first, shape (drivers, measured, months)."""
    starts = np.flatnonzero(np.diff(demand.month_of, prepend=-1))
    flows = np.median(np.maximum.reduceat(demand.flows, starts, axis=3), axis=2)
    return np.concatenate([flows, np.median(demand.states, axis=2)]).astype(float)


def months_between(before: date, after: date) -> int:
    """Return how many months later the second window starts."""
    return (after.year - before.year) * 12 + after.month - before.month


def growing_as_before(new: Demand, old: Demand, shift: int, rows: Sequence[int | None]) -> Demand:
    """Return the new demand with the growth of the old one: its level and spread stay, its course from the first month does not.

    `shift`: months by which the new window starts later; `rows`: of each newly measured tenant its row in the old demand, None where
    it has none and keeps its own growth. Beyond the old window the last known ratio holds.
    """
    ratios = _ratios(growth_curves(new), growth_curves(old), shift, rows)
    flows, states = ratios[: len(new.flows)], ratios[len(new.flows) :]
    scaled = (new.flows * flows[:, :, new.month_of][:, :, None]).astype(np.float32)
    own = (new.own.flows * flows[:, :, new.own.month_of][:, :, None]).astype(np.float32)
    return replace(
        new,
        flows=scaled,
        states=(new.states * states[:, :, None]).astype(np.float32),
        own=OwnMoments(own, new.own.day_of, new.own.month_of, new.own.days),
    )


def _ratios(new: Curves, old: Curves, shift: int, rows: Sequence[int | None]) -> Curves:
    ratios = np.ones_like(new)
    at = np.clip(np.arange(new.shape[2]) + shift, 0, old.shape[2] - 1)
    for row, known in enumerate(rows):
        if known is not None:
            ratios[:, row] = _relative(old[:, known][:, at]) / _relative(new[:, row])
    return ratios


def _relative(curve: Curves) -> Curves:
    """Return a curve over its first month, shape (drivers, months); 1 where nothing is needed at first or later."""
    first = curve[:, :1]
    known = (first > 0) & (curve > 0)
    return np.where(known, curve / np.where(first > 0, first, 1.0), 1.0)
