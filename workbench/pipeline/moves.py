"""Who moves when one partition becomes another: pools keep their identity by the tenants they keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.topology.resources import Layer
from workbench.pipeline.plan import Plan
from workbench.pipeline.sharing import POOLED_LAYERS, Groups


@dataclass(frozen=True, slots=True)
class Move:
    """A tenant that is served by another pool than before."""

    tenant: int
    layer: Layer
    before: tuple[int, ...]
    """Tenants of the pool that served it; empty: it was served by none."""
    after: tuple[int, ...]
    """Tenants of the pool that serves it now."""


def groups_of(plan: Plan) -> dict[Layer, Groups]:
    """Return the partition of a plan."""
    return {layer: tuple(sorted(pool.tenants for pool in plan.of_layer(layer))) for layer in POOLED_LAYERS}


def moves_between(before: Mapping[Layer, Groups], after: Mapping[Layer, Groups]) -> tuple[Move, ...]:
    """Return the tenants that move, layer by layer.

    A pool lives on as the one that keeps most of its tenants, every pool as one at most; who is not in the successor of its pool moves.
    Layers that the first partition does not have move nobody.
    """
    return tuple(move for layer in POOLED_LAYERS if before.get(layer) for move in _of_layer(layer, before[layer], after.get(layer, ())))


def _of_layer(layer: Layer, before: Sequence[tuple[int, ...]], after: Sequence[tuple[int, ...]]) -> list[Move]:
    kept = [(len(set(old) & set(new)), old, new) for old in before for new in after if set(old) & set(new)]
    heir: dict[tuple[int, ...], tuple[int, ...]] = {}
    for _, old, new in sorted(kept, key=lambda one: (-one[0], one[1], one[2])):
        if old not in heir and new not in heir.values():
            heir[old] = new
    home = {tenant: group for group in before for tenant in group}
    moved = [
        Move(tenant, layer, home.get(tenant, ()), group)
        for group in after
        for tenant in group
        if tenant in home and heir.get(home[tenant]) != group
    ]
    return sorted(moved, key=lambda move: move.tenant)
