"""Rules on the members of a pool as further resources: counts, weights, spread, and offers a tenant may not be put on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import FITS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the members of a pool must keep to beyond the capacity of its offer."""

    max_tenants: int | None = None
    """Most tenants in a pool."""
    weights: Floats | None = None
    """Shape (tenants, weights)."""
    max_weight: Sequence[float] = ()
    """Limit of each weight in a pool."""
    spread: Sequence[tuple[Sequence[int], int]] = ()
    """Groups of tenants, and how many of each may share a pool."""
    allowed: NDArray[np.bool_] | None = None
    """Shape (tenants, offers): the offers a tenant may be put on."""


def rows_of(rules: Rules, tenants: int, offers: int) -> tuple[Floats, Floats]:
    """Return what each tenant uses of the rules, (tenants, rows), and what a pool on each offer grants, (offers, rows).

    Raises
    ------
    ValueError
        If a rule is malformed or a tenant alone breaks it.

    """
    use: list[Floats] = [*_weights(rules, tenants).T]
    grant = [np.full(offers, float(limit)) for limit in rules.max_weight]
    if rules.max_tenants is not None:
        if rules.max_tenants < 1:
            raise ValueError(f"max_tenants is {rules.max_tenants}: a pool holds one tenant at least")
        use.append(np.ones(tenants))
        grant.append(np.full(offers, float(rules.max_tenants)))
    for which, (group, most) in enumerate(rules.spread):
        if most < 1 or not all(0 <= tenant < tenants for tenant in group):
            raise ValueError(f"spread[{which}] is ({list(group)}, {most}): tenants are 0 to {tenants - 1}, one a pool at least")
        use.append(np.isin(np.arange(tenants), list(group)).astype(np.float64))
        grant.append(np.full(offers, float(most)))
    barred, room = _barred(rules.allowed, tenants, offers)
    return np.column_stack([*use, *barred, np.zeros((tenants, 0))]), np.column_stack([*grant, *room, np.zeros((offers, 0))])


def _weights(rules: Rules, tenants: int) -> Floats:
    weights = np.zeros((tenants, 0)) if rules.weights is None else np.asarray(rules.weights, dtype=np.float64).reshape(tenants, -1)
    if weights.shape[1] != len(rules.max_weight):
        raise ValueError(f"{weights.shape[1]} weights and {len(rules.max_weight)} limits in max_weight: give one limit a weight")
    wrong = np.argwhere(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        tenant, weight = wrong[0]
        raise ValueError(f"weight {weight} of tenant {tenant} is {weights[tenant, weight]}: it must be a finite number, not negative")
    for weight, limit in enumerate(rules.max_weight):
        heavy = int(np.argmax(weights[:, weight]))
        if not weights[heavy, weight] <= limit * FITS:
            raise ValueError(f"tenant {heavy} has {weights[heavy, weight]} of weight {weight}, above max_weight {limit}: raise the limit")
    return weights


def _barred(allowed: NDArray[np.bool_] | None, tenants: int, offers: int) -> tuple[list[Floats], list[Floats]]:
    """Return a resource for each set of tenants barred from the same offers, of which those offers have nothing."""
    if allowed is None:
        return [], []
    fine = np.asarray(allowed, dtype=np.bool_)
    if fine.shape != (tenants, offers):
        raise ValueError(f"allowed has shape {fine.shape}, not {(tenants, offers)}: say for each tenant and offer whether it may be used")
    lost = np.flatnonzero(~fine.any(axis=1))
    if len(lost):
        raise ValueError(f"tenant {lost[0]} is allowed on no offer: allow one at least")
    patterns, which = np.unique(~fine.T, axis=0, return_inverse=True)
    kept = [k for k in range(len(patterns)) if patterns[k].any()]
    room = [np.where(which.ravel() == k, 0.0, float(tenants)) for k in kept]
    return [patterns[k].astype(np.float64) for k in kept], room
