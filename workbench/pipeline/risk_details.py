"""What stands beside a topology's figures of risk: neighbours, crawlers, windows, freezes, the next release, what hits all alike."""

from dataclasses import dataclass

import numpy as np

from models.topology.blast_radius import event_loss
from workbench.pipeline.change_windows import ChangeWindow, change_windows
from workbench.pipeline.crawlers import CrawlerRisk, crawlers_of
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.figures import Result
from workbench.pipeline.freezes import Freeze, freezes
from workbench.pipeline.incidents import APART, IncidentKind, incident_kinds
from workbench.pipeline.neighbours import Neighbours, neighbours_of
from workbench.pipeline.recovery import Objective, objectives_of
from workbench.pipeline.release_schedule import RingRelease, schedule
from workbench.pipeline.risk import hourly_losses
from workbench.pipeline.session import Session


@dataclass(frozen=True, slots=True)
class Apart:
    """A failure that hits every topology alike."""

    domain: str
    rate: DomainRate | None
    """None: nobody gave one, so it is not counted anywhere."""
    users: float
    loss_per_event: float | None
    """None: a downtime cost or the rate is unknown."""


@dataclass(frozen=True, slots=True)
class RiskDetails:
    """All of it, for one topology."""

    rates: tuple[DomainRate, ...]
    """In the order of [failures]."""
    incidents: tuple[IncidentKind, ...]
    apart: tuple[Apart, ...]
    objectives: tuple[Objective, ...]
    """Of every production process, kept or not, against the loss of an instance, of data and of the region."""
    neighbours: tuple[Neighbours, ...]
    crawlers: tuple[CrawlerRisk, ...]
    windows: tuple[ChangeWindow, ...]
    frozen: tuple[Freeze, ...]
    releases: tuple[RingRelease, ...]


def risk_details(session: Session, topology: str) -> RiskDetails:
    """Return the details of a topology; its plan is computed first if it is not known yet."""
    result = session.result(topology)
    first, *others = result.plan.pools
    return session.factory.of_pool(f"risk details of {topology}", first, lambda: _details(session, result), beside=tuple(others))


def _details(session: Session, result: Result) -> RiskDetails:
    plan, rates, tenants = result.plan, session.planner.rates, session.factory.sizer.tenants
    domains = () if result.risk is None else result.risk.domains
    windows, frozen = change_windows(session, plan), freezes(session)
    return RiskDetails(
        rates=tuple(rates.values()),
        incidents=incident_kinds(session.study),
        apart=tuple(_apart(session, domain, rates.get(domain)) for domain in APART),
        objectives=objectives_of(session.study, plan, tenants, domains, rates),
        neighbours=neighbours_of(session.factory, plan),
        crawlers=crawlers_of(session, plan),
        windows=windows,
        frozen=frozen,
        releases=schedule(session, plan, windows, frozen),
    )


def _apart(session: Session, domain: str, rate: DomainRate | None) -> Apart:
    sizer = session.factory.sizer
    users = float(sizer.rows.users.sum())
    if rate is None:
        return Apart(domain, None, users, None)
    hourly, ramps = hourly_losses(sizer.tenants)
    loss = float(event_loss(np.array([rate.failure.outage_h]), hourly, ramps).sum())
    return Apart(domain, rate, users, loss if np.isfinite(loss) else None)
