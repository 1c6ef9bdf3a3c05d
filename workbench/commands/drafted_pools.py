"""What runs today, as far as exporters show it: pools with names of their own."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from models.topology.resources import Layer
from workbench.sources.prometheus import PoolDraft
from workbench.study.estate import PoolSpec, TopologySpec


def drafted_topology(drafts: Iterable[PoolDraft], tenants: Collection[str]) -> TopologySpec | None:
    """Return the pools seen, None when there are none; what is known of a machine goes to the pool of that name."""
    ordered = sorted(drafts, key=lambda draft: (draft.layer == Layer.PLATFORM, draft.layer == Layer.CACHE, draft.name))
    pools: dict[str, PoolSpec] = {}
    for draft in ordered:
        settings = {key: Decimal(f"{value:.12g}") for key, value in draft.settings}
        there = pools.get(draft.name)
        if there is not None and draft.layer == Layer.PLATFORM:
            pools[draft.name] = PoolSpec(there.name, there.layer, there.tenants, settings={**settings, **there.settings})
            continue
        name = draft.name if there is None else f"{draft.name}-{draft.layer.replace(' ', '-')}"
        pools[name] = PoolSpec(name, Layer(draft.layer), tuple(one for one in draft.tenants if one in tenants), settings=settings)
    return TopologySpec("current", tuple(pools.values())) if pools else None
