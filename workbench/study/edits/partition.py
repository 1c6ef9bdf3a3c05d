"""Change who shares what in a topology given by hand."""

from dataclasses import replace

from workbench.study.edits.kinds import MergePools, MoveTenant, PartitionEdit, PinOffer, SplitPool
from workbench.study.estate import Part, PoolSpec, Tenant, TopologySpec

MACHINE_ROLES = ("primary", "standby", "replica")
"""Parts that run the pool's software; others, such as volumes, belong to them."""


def joined(spec: TopologySpec, tenant: Tenant, like: str) -> TopologySpec:
    """Return the topology with a new tenant beside the one it is like, in every layer.

    In a layer that the tenant may not share it gets a pool of its own, built from the same parts.
    """
    pools: list[PoolSpec] = []
    for pool in spec.pools:
        if like not in pool.tenants:
            pools.append(pool)
        elif tenant.isolation.get(pool.layer) == "own":
            pools += [pool, replace(pool, name=f"{pool.name}-{tenant.name}", tenants=(tenant.name,))]
        else:
            pools.append(replace(pool, tenants=(*pool.tenants, tenant.name)))
    return replace(spec, pools=tuple(pools))


def repartitioned(spec: TopologySpec, edit: PartitionEdit) -> TopologySpec:
    """Return the topology after a move, split or merge; its invoice was for another partition and goes."""
    match edit:
        case MoveTenant():
            pools = _moved(spec, edit)
        case SplitPool():
            pools = _split(spec, edit)
        case MergePools():
            pools = _merged(spec, edit)
    return TopologySpec(spec.name, pools, None)


def repinned(spec: TopologySpec, edit: PinOffer) -> TopologySpec:
    """Return the topology with another offer for the machines of a pool; without any, the pool gets one."""
    pool = _pool(spec, edit.pool)
    parts = tuple(replace(part, offer=edit.offer) if part.role in MACHINE_ROLES else part for part in pool.parts)
    if not any(part.role in MACHINE_ROLES for part in parts):
        parts = (Part(edit.offer, 1), *parts)
    changed = replace(pool, parts=parts)
    return TopologySpec(spec.name, tuple(changed if other is pool else other for other in spec.pools), None)


def _moved(spec: TopologySpec, edit: MoveTenant) -> tuple[PoolSpec, ...]:
    target = _pool(spec, edit.pool)
    if target.layer is not edit.layer:
        layers = f"of the layer {target.layer.value!r}, not {edit.layer.value!r}"
        raise ValueError(f"MoveTenant: pool {target.name!r} is {layers}: choose a pool of that layer")
    if edit.tenant in target.tenants:
        raise ValueError(f"MoveTenant: {edit.tenant!r} is already in pool {target.name!r}: choose another pool")
    moved = []
    for pool in spec.pools:
        if pool is target:
            moved.append(replace(pool, tenants=(*pool.tenants, edit.tenant)))
        elif pool.layer is edit.layer and edit.tenant in pool.tenants:
            left = tuple(tenant for tenant in pool.tenants if tenant != edit.tenant)
            # A pool that serves nobody is switched off.
            moved.extend([replace(pool, tenants=left)] if left else [])
        else:
            moved.append(pool)
    return tuple(moved)


def _split(spec: TopologySpec, edit: SplitPool) -> tuple[PoolSpec, ...]:
    """Split a pool; the new one is built from the same parts with the same settings, until it is pinned or sized."""
    source = _pool(spec, edit.pool)
    _refuse_taken(spec, edit.name, ())
    strangers = [tenant for tenant in edit.tenants if tenant not in source.tenants]
    if strangers:
        raise ValueError(f"SplitPool: pool {source.name!r} does not serve {', '.join(strangers)}: it serves {', '.join(source.tenants)}")
    left = tuple(tenant for tenant in source.tenants if tenant not in edit.tenants)
    if not left:
        raise ValueError(f"SplitPool: nobody would be left in pool {source.name!r}: leave at least one of {', '.join(source.tenants)}")
    new = replace(source, name=edit.name, tenants=edit.tenants)
    index = spec.pools.index(source)
    return (*spec.pools[:index], replace(source, tenants=left), new, *spec.pools[index + 1 :])


def _merged(spec: TopologySpec, edit: MergePools) -> tuple[PoolSpec, ...]:
    """Merge pools; the one that is left keeps parts and settings of the first named."""
    sources = [_pool(spec, name) for name in edit.pools]
    layers = {pool.layer.value for pool in sources}
    if len(layers) > 1:
        raise ValueError(f"MergePools: {', '.join(edit.pools)} are of the layers {', '.join(sorted(layers))}: merge pools of one layer")
    _refuse_taken(spec, edit.name, edit.pools)
    members = tuple(tenant for pool in sources for tenant in pool.tenants)
    merged = replace(sources[0], name=edit.name, tenants=members)
    return tuple(merged if pool is sources[0] else pool for pool in spec.pools if pool is sources[0] or pool.name not in edit.pools)


def _refuse_taken(spec: TopologySpec, name: str, leaving: tuple[str, ...]) -> None:
    if name not in leaving and any(pool.name == name for pool in spec.pools):
        raise ValueError(f"topology {spec.name!r} already has a pool {name!r}: choose another name")


def _pool(spec: TopologySpec, name: str) -> PoolSpec:
    for pool in spec.pools:
        if pool.name == name:
            return pool
    known = ", ".join(pool.name for pool in spec.pools)
    raise ValueError(f"no pool {name!r} in topology {spec.name!r}: choose one of {known}")
