"""A partition held while edits change what it must carry, until it is searched anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.topology.resources import Layer
from workbench.pipeline.sharing import POOLED_LAYERS, Groups, compatible
from workbench.study.estate import Tenant


@dataclass(frozen=True, slots=True)
class HeldPartition:
    """The hybrid as it was found, by names, so that it outlives edits of the estate."""

    groups: Mapping[Layer, tuple[tuple[str, ...], ...]]
    """Tenant names of each pool of a layer."""
    basis: str
    """Hash of the basis it was found on: "partition of basis …, gap not checked"."""

    def of(self, tenants: Sequence[Tenant]) -> dict[Layer, Groups]:
        """Return the groups as indices of these tenants; a new one joins the pool of the one it is like, if the rules let it."""
        return {layer: _regrouped(layer, self.groups.get(layer, ()), tenants) for layer in POOLED_LAYERS}


def held_partition(groups: Mapping[Layer, Groups], names: Sequence[str], basis: str) -> HeldPartition:
    """Return a partition, to be held whatever the estate becomes."""
    return HeldPartition({layer: tuple(tuple(names[i] for i in group) for group in of) for layer, of in groups.items()}, basis)


def _regrouped(layer: Layer, held: tuple[tuple[str, ...], ...], tenants: Sequence[Tenant]) -> Groups:
    index = {tenant.name: i for i, tenant in enumerate(tenants)}
    groups = [[index[name] for name in group if name in index] for group in held]
    placed = {i for group in groups for i in group}
    for i, tenant in enumerate(tenants):
        if i not in placed:
            home = next((group for group in groups if index.get(tenant.like or "") in group), None)
            if home is not None and _fits(layer, [tenants[j] for j in (*home, i)]):
                home.append(i)
            else:
                groups.append([i])
    return tuple(sorted(tuple(sorted(group)) for group in groups if group))


def _fits(layer: Layer, tenants: list[Tenant]) -> bool:
    return bool(compatible(layer, tenants).all())
