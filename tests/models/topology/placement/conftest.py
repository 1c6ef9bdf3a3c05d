"""Packings whose optimum is known because they were cut out of full pools."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Planted:
    demand: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    known: float


@pytest.fixture(scope="session")
def planted():
    """Return a maker of packings cut from pools that are full up to 3 %; cost follows size, so nothing is much cheaper."""

    def make(tenants, seed, resources=3, offers=4, slack=0.03, per_pool=5):
        rng = np.random.default_rng(seed)
        sizes = np.linspace(1, 3, offers)[:, None]
        capacity = rng.uniform(0.7, 1.3, (offers, resources)) * sizes
        cost = capacity.mean(axis=1)
        parts, known, left = [], 0.0, tenants
        while left:
            offer, members = int(rng.integers(offers)), min(left, max(1, int(rng.poisson(per_pool))))
            parts.append(rng.dirichlet(np.full(members, 2.0), size=resources).T * capacity[offer] * (1 - slack))
            known += cost[offer]
            left -= members
        return Planted(rng.permutation(np.vstack(parts)), capacity, cost, known)

    return make
