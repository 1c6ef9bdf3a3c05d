"""The pools of a plan as a topology made by hand, to be kept as a file."""

from workbench.pipeline.plan import Plan
from workbench.pipeline.planner import PURE
from workbench.pipeline.session import Session
from workbench.pipeline.sharing import POOLED_LAYERS
from workbench.study.estate import Part, PoolSpec, TopologySpec


def as_topology(session: Session, plan: Plan, name: str) -> TopologySpec:
    """Return a plan's partition under a name: who shares what, and the machines that were pinned; sizes follow from demand.

    Raises
    ------
    ValueError
        If the name belongs to a topology that is computed, or to what runs today.

    """
    if name in PURE:
        raise ValueError(f"topology {name!r}: the name is taken by one that is computed; choose another, such as my-split")
    pinned = session.adjustments.pinned
    pools = tuple(
        PoolSpec(
            name=pool.name,
            layer=pool.layer,
            tenants=tuple(session.tenants[i] for i in pool.tenants),
            parts=(Part(pinned[plan.name, pool.name], 1, "primary"),) if (plan.name, pool.name) in pinned else (),
        )
        for pool in plan.pools
        if pool.layer in POOLED_LAYERS
    )
    return TopologySpec(name, pools, None)
