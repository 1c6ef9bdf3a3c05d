"""The pools of a topology as a tree."""

from collections.abc import Mapping
from decimal import Decimal

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.pools import Pool
from workbench.views.cell import Branch
from workbench.views.text import count, figures, money, resource_name, share, words


def pools_tree(comparison: Comparison, topology: str) -> Branch:
    """Return the pools of a topology as a tree: layer, pool, tenants."""
    result = comparison.result(topology)
    layers: dict[str, list[Pool]] = {}
    for pool in result.plan.pools:
        layers.setdefault(str(pool.layer), []).append(pool)
    costs = result.bill.by_pool()
    children = tuple(
        Branch(layer, (words(layer), count(len(pools), "pools")), tuple(_pool_branch(comparison, pool, costs) for pool in pools))
        for layer, pools in layers.items()
    )
    return Branch(topology, (words(topology), money(result.monthly_cost, comparison.currency)), children)


def _pool_branch(comparison: Comparison, pool: Pool, costs: Mapping[str, Decimal | None]) -> Branch:
    headroom, resource, _ = pool.tightest()
    cells = (
        words(pool.name),
        money(costs.get(pool.name), comparison.currency),
        share(headroom),
        words(resource_name(resource)),
        words(parts_text(pool)),
    )
    members = tuple(Branch(f"{pool.name}/{comparison.tenants[i]}", (words(comparison.tenants[i]),)) for i in pool.tenants)
    return Branch(pool.name, cells, members)


def parts_text(pool: Pool) -> str:
    """Return what a pool is built from in the first month, such as "2 × azure/D4s_v5 · 1 × azure/E8s_v5 standby"."""
    parts = [part for part in pool.parts if part.first_month == 0]
    texts = []
    for part in parts:
        role = "" if part.role == "primary" else f" {part.role}"
        amount = "" if part.unit == "hour" else f" {figures(float(part.quantity))} {part.unit}"
        texts.append(f"{part.instances} × {part.offer_id}{amount}{role}")
    return " · ".join(texts) if texts else "nothing yet"
