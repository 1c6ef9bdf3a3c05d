"""Tenants whose demand is known as joint paths: sizes that are surely needed, sizes that are surely enough, the check itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import FITS

Floats = NDArray[np.float64]
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Joint demand, and the probability with which all resources of a pool must suffice together."""

    paths: Floats
    """Shape (tenants, resources, paths)."""
    must_fit: int
    """Number of paths on which a pool must fit."""

    def needed(self) -> Floats:
        """Return sizes (tenants, resources) of which every pool that keeps the probability can hold the sum.

        The mean of the lowest share of a load's paths is superadditive (the mirror image of expected shortfall, Acerbi and
        Tasche 2002) and no larger than a capacity that this share of paths respects.
        """
        lowest = np.sort(self.paths, axis=2)[:, :, : self.must_fit]
        return np.asarray(lowest.mean(axis=2), dtype=np.float64)

    def enough(self) -> Floats:
        """Return each tenant's own largest demand on the paths that fit at the stated probability, shape (tenants, resources)."""
        return np.asarray(np.sort(self.paths, axis=2)[:, :, self.must_fit - 1], dtype=np.float64)

    def holds(self, members: NDArray[np.bool_], capacity: Floats) -> NDArray[np.bool_]:
        """Return whether each offer (offers, resources) holds each group on enough joint paths, shape (groups, offers)."""
        _, resources, paths = self.paths.shape
        flat = self.paths.reshape(len(self.paths), -1)
        fine = np.zeros((len(members), len(capacity)), dtype=np.bool_)
        step = max(1, _CELLS_AT_ONCE // max(1, resources * paths))
        for first in range(0, len(members), step):
            load = (members[first : first + step].astype(np.float64) @ flat).reshape(-1, resources, paths)
            for offer, room in enumerate(capacity):
                fits = (load <= room[None, :, None] * FITS).all(axis=1)
                fine[first : first + step, offer] = fits.sum(axis=1) >= self.must_fit
        return fine


def chances(paths: Floats, probability: float, demand: Floats) -> Chances:
    """Return the chance constraint of joint `paths` (tenants, resources, paths) held with `probability`.

    Raises
    ------
    ValueError
        If the shape does not agree with `demand`, a value is no demand, or the probability is none.

    """
    joint = np.asarray(paths, dtype=np.float64)
    if joint.ndim != 3 or joint.shape[:2] != demand.shape or not joint.shape[2]:
        raise ValueError(f"paths has shape {joint.shape}: give (tenants, resources, paths) with {demand.shape} tenants and resources")
    wrong = np.argwhere(~(np.isfinite(joint) & (joint >= 0)))
    if len(wrong):
        tenant, resource, path = wrong[0]
        raise ValueError(f"paths of tenant {tenant}, resource {resource}, path {path} is {joint[tuple(wrong[0])]}: give a finite demand")
    if not 0 < probability <= 1:
        raise ValueError(f"probability is {probability}: it must lie above 0 and not above 1")
    return Chances(joint, int(np.ceil(probability * joint.shape[2] - 1e-9)))
