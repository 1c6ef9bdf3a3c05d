"""A crawler at one tenant fills the sessions of all that share its cache: how fast, and what the others lose."""

from dataclasses import dataclass

import numpy as np

from models.redis_memory import lost_sessions
from models.topology.resources import Driver, Layer, Resource
from workbench.pipeline.edited_demand import DEFAULT_TTL_S
from workbench.pipeline.neighbours import month_demand
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session

CRAWLER_PER_S = 10.0
"""Pages a second that a crawler opens, each a new session: what a polite one does; a belief."""
POLICY = "allkeys-lru"
"""Redis throws out the keys used longest ago: what most session stores set; a belief where nobody said."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class CrawlerRisk:
    """One shared cache under a crawler."""

    pool: str
    hours_until_full: float
    """From the keys of this month's peak on; 0 if it is full already, infinite if a crawler never fills it."""
    lost_share: float
    """Share of the other tenants' sessions thrown out before their time, once it is full."""
    tenants: tuple[int, ...]
    """Production tenants that share it."""
    users: float
    users_share: float


def crawlers_of(session: Session, plan: Plan) -> tuple[CrawlerRisk, ...]:
    """Return every cache that several tenants share, the soonest full first."""
    found = [_under_crawler(session, pool) for pool in plan.of_layer(Layer.CACHE) if pool.production and len(pool.tenants) > 1]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.hours_until_full, one.pool)))


def _under_crawler(session: Session, pool: Pool) -> CrawlerRisk | None:
    usable, rows = pool.usable.get(Resource.REDIS_MEMORY), session.factory.sizer.rows
    demand = session.factory.sizer.demand
    if usable is None or not np.isfinite(usable[0]) or not any(link.resource == Resource.REDIS_MEMORY for link in demand.links):
        return None
    each_bytes = np.median(month_demand(demand, Resource.REDIS_MEMORY, pool.tenants, 0)[:, :, 0], axis=1).astype(float)
    link = next(one for one in demand.links_of(Resource.REDIS_MEMORY) if one.driver == Driver.SESSIONS)
    key_bytes = np.median(link.per_unit[demand.source[list(pool.tenants)]], axis=1).astype(float)
    typical = float(np.median(key_bytes[key_bytes > 0])) if (key_bytes > 0).any() else 0.0
    if not typical > 0:
        return None
    keys, room, ttl = each_bytes / typical, float(usable[0]) / typical, _ttl_s(session, pool)
    spare = room - float(keys.sum())
    fills = CRAWLER_PER_S * ttl > spare
    created = np.append(keys / ttl, CRAWLER_PER_S)[:, None]
    lost = lost_sessions(created, np.array([ttl]), max(room, 1.0), POLICY)
    others = float(keys.sum())
    kept = float(lost.keys[:-1].sum())
    users = float(rows.users[list(pool.tenants)].sum())
    total = float(rows.users.sum())
    hours = (max(spare, 0.0) / CRAWLER_PER_S / HOUR_S) if fills else float("inf")
    share = 1 - kept / others if others > 0 else 0.0
    return CrawlerRisk(pool.name, hours, max(share, 0.0), pool.tenants, users, users / total if total > 0 else 0.0)


def _ttl_s(session: Session, pool: Pool) -> float:
    """Return the time to live of sessions: stated for today's cache of these tenants, else the default."""
    names = {session.tenants[i] for i in pool.tenants}
    stated = [
        float(one.settings["ttl_s"])
        for spec in session.study.topologies
        if spec.name == "current"
        for one in spec.pools
        if one.layer == Layer.CACHE and names & set(one.tenants) and "ttl_s" in one.settings
    ]
    return max(stated, default=DEFAULT_TTL_S)
