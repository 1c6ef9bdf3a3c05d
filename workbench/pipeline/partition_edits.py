"""Change the pools of a computed topology by hand: move, split, merge."""

from collections.abc import Mapping, Sequence

from models.topology.resources import Layer
from workbench.study.edits import MergePools, MoveTenant, PartitionEdit, SplitPool

Named = dict[str, tuple[int, ...]]


def edited_groups(
    topology: str, layer: Layer, named: Mapping[str, tuple[int, ...]], names: Sequence[str], edits: Sequence[PartitionEdit]
) -> Named:
    """Return the pools of a layer after the edits that concern them, by name.

    Raises
    ------
    ValueError
        If an edit names a pool or tenant of this layer that is not there.

    """
    pools: Named = dict(named)
    for edit in edits:
        if edit.topology != topology:
            continue
        match edit:
            case MoveTenant():
                pools = _moved(pools, edit, layer, names)
            case SplitPool():
                pools = _split(pools, edit, names)
            case MergePools():
                pools = _merged(pools, edit)
    return pools


def _moved(pools: Named, edit: MoveTenant, layer: Layer, names: Sequence[str]) -> Named:
    if edit.layer != layer:
        return pools
    tenant = _index(edit.tenant, names)
    left = {pool: tuple(one for one in members if one != tenant) for pool, members in pools.items()}
    left[edit.pool] = tuple(sorted((*left.get(edit.pool, ()), tenant)))
    return {pool: members for pool, members in left.items() if members}


def _split(pools: Named, edit: SplitPool, names: Sequence[str]) -> Named:
    if edit.pool not in pools:
        return pools
    leaving = {_index(tenant, names) for tenant in edit.tenants}
    strangers = leaving - set(pools[edit.pool])
    if strangers:
        raise ValueError(f"pool {edit.pool!r} does not serve {', '.join(names[i] for i in sorted(strangers))}: it cannot split them off")
    rest = tuple(one for one in pools[edit.pool] if one not in leaving)
    if not rest:
        raise ValueError(f"nobody would be left in pool {edit.pool!r}: leave at least one tenant")
    return {**pools, edit.pool: rest, edit.name: tuple(sorted(leaving))}


def _merged(pools: Named, edit: MergePools) -> Named:
    here = [pool for pool in edit.pools if pool in pools]
    if not here:
        return pools
    if len(here) < len(edit.pools):
        missing = ", ".join(pool for pool in edit.pools if pool not in pools)
        raise ValueError(f"no pool {missing} in the layer of {here[0]}: merge pools of one layer")
    members = tuple(sorted(one for pool in here for one in pools[pool]))
    return {**{pool: held for pool, held in pools.items() if pool not in here}, edit.name: members}


def _index(tenant: str, names: Sequence[str]) -> int:
    if tenant not in names:
        raise ValueError(f"no tenant {tenant!r} in the figures: choose one of {', '.join(names)}")
    return list(names).index(tenant)
