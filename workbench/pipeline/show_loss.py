"""What happens if a failure domain is lost now: who is down, what it costs, what survives and how it comes back."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from models.topology.blast_radius import event_loss
from models.topology.resources import Layer
from workbench.pipeline.domains import Domain
from workbench.pipeline.figures import Result
from workbench.pipeline.pools import Pool
from workbench.pipeline.recovery import Objective, objectives_in
from workbench.pipeline.risk import hourly_losses
from workbench.pipeline.routes import Route, has_standby
from workbench.pipeline.session import Session
from workbench.pipeline.show_survivors import Survivor, survivor
from workbench.pipeline.show_takeover import Takeover, takeover

HOURS_SHOWN = (0.25, 1.0, 4.0, 8.0, 24.0)
"""Lengths of an outage whose cost is said."""


@dataclass(frozen=True, slots=True)
class Care:
    """Who looks after something, and where it is written what to do."""

    owner: str
    runbook: str | None
    as_today: bool
    """Whether that is said of what runs today in its place."""


@dataclass(frozen=True, slots=True)
class LossNow:
    """One domain lost at this moment."""

    topology: str
    domain: str
    kind: str
    tenants: tuple[str, ...]
    """Down until the domain is back; empty: the rest carries them."""
    users: int
    users_share: float
    route: Route
    """How it comes back."""
    lost: tuple[tuple[float, float | None, float | None], ...]
    """(hours since the loss, money lost by then, money an hour from then on); None: a downtime cost is unknown."""
    unpriced: tuple[str, ...]
    """Tenants whose downtime cost is unknown."""
    care: tuple[Care, ...]
    survivors: tuple[Survivor, ...]
    takeover: Takeover | None
    """What a database's standby meets; None: none takes over."""
    objectives: tuple[Objective, ...]
    """Recovery objectives of the processes that are down."""
    assumed: bool
    """Whether the rate rests on a belief and not on an incident."""


def domain_names(result: Result) -> tuple[str, ...]:
    """Return what can be lost in a topology."""
    return () if result.risk is None else tuple(domain.name for domain in result.risk.domains)


def lose(session: Session, topology: str, domain: str) -> LossNow:
    """Return what the loss of a domain does, from the last fitted state alone."""
    result = session.result(topology)
    known = () if result.risk is None else result.risk.domains
    found = next((one for one in known if one.name == domain), None)
    if found is None:
        raise ValueError(f"no failure domain {domain!r} in {topology}: choose one of {', '.join(one.name for one in known) or 'none'}")
    factory = session.factory
    rows, tenants = factory.sizer.rows, factory.sizer.tenants
    down = list(found.tenants)
    hourly, ramps = hourly_losses(tenants)
    pool = None if found.pool is None else result.plan.pool(found.pool)
    total = float(rows.users.sum())
    users = float(rows.users[down].sum())
    taken_over = pool is not None and pool.layer == Layer.DATABASE and has_standby(pool)
    return LossNow(
        topology=topology,
        domain=found.name,
        kind=found.kind,
        tenants=tuple(rows.names[i] for i in down),
        users=round(users),
        users_share=users / total if total > 0 else 0.0,
        route=found.route,
        lost=_lost(found, down, hourly, ramps),
        unpriced=tuple(rows.names[i] for i in down if not isfinite(hourly[i])),
        care=_care(session, _touched(result, found)),
        survivors=tuple(survivor(factory, result.plan, one) for one in _surviving(result, found)),
        takeover=takeover(session, result.plan, pool) if taken_over and pool is not None else None,
        objectives=objectives_in(session.study, result.plan, list(tenants), found),
        assumed=found.assumed,
    )


def _lost(
    domain: Domain, down: list[int], hourly: NDArray[np.float64], ramps: list[tuple[tuple[float, float], ...]]
) -> tuple[tuple[float, float | None, float | None], ...]:
    hours = sorted({*HOURS_SHOWN, domain.outage_h, domain.route.planned_h, domain.route.worst_h})
    each = event_loss(np.array(hours), hourly[down], [ramps[i] for i in down]).sum(axis=1)
    now = sum(float(hourly[i]) * _share_at(ramps[i], np.array(hours)) for i in down) if down else np.zeros(len(hours))
    return tuple((hour, _known(amount), _known(rate)) for hour, amount, rate in zip(hours, each, np.asarray(now), strict=True))


def _share_at(ramp: tuple[tuple[float, float], ...], hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the hourly cost that is lost from these hours on."""
    starts = np.array([start for start, _ in ramp])
    shares = np.array([0.0, *(share for _, share in ramp)])
    return np.asarray(shares[np.searchsorted(starts, hours, side="right")], float)


def _known(amount: float) -> float | None:
    return float(amount) if isfinite(amount) else None


def _touched(result: Result, domain: Domain) -> list[Pool]:
    """Return the pools somebody has to look after: the lost one; of a release the workers, of a zone all that stands in it."""
    if domain.pool is not None:
        return [result.plan.pool(domain.pool)]
    members = set(domain.own or domain.tenants)
    return [pool for pool in result.plan.pools if members & set(pool.tenants) and (domain.kind != "release" or pool.layer == Layer.WORKERS)]


def _surviving(result: Result, domain: Domain) -> list[Pool]:
    """Return the pools that lose a part and go on: the domain's own, and all that stand in a lost zone."""
    down = set(domain.tenants)
    return [
        pool
        for pool in result.plan.pools
        if pool.production and (pool.name == domain.pool or domain.kind == "zone") and not set(pool.tenants) & down
    ]


def _care(session: Session, pools: list[Pool]) -> tuple[Care, ...]:
    """Return who looks after these pools; where a plan does not say it, who looks after most of the same tenants today."""
    today = [pool for spec in session.study.topologies if spec.name == "current" for pool in spec.pools]
    found = []
    for pool in pools:
        if pool.owner is not None:
            found.append(Care(pool.owner, pool.runbook, as_today=False))
            continue
        names = {session.tenants[i] for i in pool.tenants}
        same = [one for one in today if one.layer == pool.layer and one.owner is not None and names & set(one.tenants)]
        if same:
            most = max(same, key=lambda one: (len(names & set(one.tenants)), one.name))
            found.append(Care(most.owner or "", most.runbook, as_today=True))
    return tuple(dict.fromkeys(found))
