"""Who may share what: image, database version, class, isolation; and the pure partitions that follow."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer
from workbench.study.estate import Tenant

POOLED_LAYERS = (Layer.INGRESS, Layer.WORKERS, Layer.DATABASE, Layer.CACHE, Layer.FILESTORE, Layer.BACKUP)
"""Layers whose tenants are partitioned; observability is shared in every topology."""
Groups = tuple[tuple[int, ...], ...]
"""Tenant indices of each pool of a layer."""


def sharing_key(layer: Layer, tenant: Tenant) -> tuple[Hashable, ...]:
    """Return what must be equal for two tenants to share a pool of a layer.

    A worker pool holds one image, a PostgreSQL server one major version; production and the rest never share a pool.
    """
    if layer in (Layer.WORKERS, Layer.FILESTORE):
        return tenant.production, tenant.runs.image
    if layer == Layer.DATABASE:
        return tenant.production, tenant.runs.postgres
    return (tenant.production,)


def alone(layer: Layer, tenants: Sequence[Tenant]) -> tuple[int, ...]:
    """Return the tenants that may not share the layer."""
    return tuple(i for i, tenant in enumerate(tenants) if tenant.isolation.get(layer) == "own")


def compatible(layer: Layer, tenants: Sequence[Tenant]) -> NDArray[np.bool_]:
    """Return who may share with whom, shape (tenants, tenants)."""
    numbers: dict[tuple[Hashable, ...], int] = {}
    keys = np.array([numbers.setdefault(sharing_key(layer, tenant), len(numbers)) for tenant in tenants], np.int64)
    allowed: NDArray[np.bool_] = np.equal.outer(keys, keys)
    for i in alone(layer, tenants):
        allowed[i, :] = allowed[:, i] = False
        allowed[i, i] = True
    return allowed


def forbidden(layer: Layer, tenants: Sequence[Tenant], members: Sequence[int]) -> tuple[int, int] | None:
    """Return the first two members that may not share the layer, or None if all may."""
    if len(members) < 2:
        return None
    first = members[0]
    for i in members:
        other = members[1] if i == first else first
        if tenants[i].isolation.get(layer) == "own" or sharing_key(layer, tenants[i]) != sharing_key(layer, tenants[first]):
            return min(i, other), max(i, other)
    return None


def shared(layer: Layer, tenants: Sequence[Tenant]) -> Groups:
    """Return the fewest groups that rules allow, whatever they need."""
    lonely = set(alone(layer, tenants))
    groups: dict[tuple[Hashable, ...], list[int]] = {}
    for i, tenant in enumerate(tenants):
        key = ("alone", i) if i in lonely else ("shared", *sharing_key(layer, tenant))
        groups.setdefault(key, []).append(i)
    return tuple(sorted(tuple(group) for group in groups.values()))


def dedicated(layer: Layer, tenants: Sequence[Tenant]) -> Groups:
    """Return a pool for each production tenant; staging and test of a plant share one of their own."""
    lonely = set(alone(layer, tenants))
    groups: dict[tuple[Hashable, ...], list[int]] = {}
    for i, tenant in enumerate(tenants):
        plant = tenant.plants[0].name if tenant.plants else tenant.name
        own = tenant.production or i in lonely
        groups.setdefault(("own", i) if own else (plant, *sharing_key(layer, tenant)), []).append(i)
    return tuple(sorted(tuple(group) for group in groups.values()))


def members_of(groups: Sequence[Sequence[int]], tenants: int) -> NDArray[np.bool_]:
    """Return the groups as (groups, tenants)."""
    members = np.zeros((len(groups), tenants), bool)
    for row, group in enumerate(groups):
        members[row, list(group)] = True
    return members
