"""`risk`: what breaks together; with a domain, what happens if it is lost now."""

from dataclasses import asdict, dataclass

from workbench.commands.opening import session_of
from workbench.exports.documents import Json, json_text, to_json
from workbench.pipeline.change_windows import ChangeWindow
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.domains import Domain
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.neighbours import Neighbours
from workbench.pipeline.recovery import Objective
from workbench.pipeline.risk_details import RiskDetails, risk_details
from workbench.pipeline.session import Progress
from workbench.pipeline.show_loss import LossNow, lose
from workbench.pipeline.show_summary import finite
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class RiskOptions:
    """Which topology, and what is lost."""

    topology: str = "current"
    lose: str | None = None
    """Failure domain, such as db-eu-1 or zone."""
    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Risked:
    """The risk of a topology."""

    comparison: Comparison
    topology: str
    loss: LossNow | None
    """None: nothing was lost."""
    details: RiskDetails


def risk(study: Study, options: RiskOptions, progress: Progress) -> Risked:
    """Return the failure domains of a topology, and the loss of one if asked."""
    session = session_of(study, options.scenarios, options.edits, progress)
    loss = None if options.lose is None else lose(session, options.topology, options.lose)
    return Risked(session.compare((options.topology,)), options.topology, loss, risk_details(session, options.topology))


def risked_json(risked: Risked) -> str:
    """Return the risk as a document."""
    comparison = risked.comparison
    found = comparison.result(risked.topology).risk
    domains = [] if found is None else found.domains
    return json_text(
        {
            "study": comparison.study,
            "demo": comparison.demo,
            "scenario": comparison.scenario,
            "topology": risked.topology,
            "basis": comparison.basis.hash,
            "currency": comparison.currency,
            "blast_radius": None if found is None else to_json(found.radius),
            "loss_p95": None if found is None or found.loss is None else finite(found.loss.p95),
            "loss_cvar95": None if found is None or found.loss is None else finite(found.loss.cvar95),
            "domains": [_domain(comparison, domain) for domain in domains],
            "broken": [] if found is None else [_objective(comparison, one) for one in found.broken],
            "objectives": [_objective(comparison, one) for one in risked.details.objectives],
            "recovery": [{"name": name, **asdict(belief)} for name, belief in comparison.factory.sizer.study.recovery.beliefs],
            "uncounted": [] if found is None else list(found.uncounted),
            "effective_cells": None if found is None else found.effective_cells,
            "rates": [_rate(one) for one in risked.details.rates],
            "incidents": to_json(risked.details.incidents),
            "apart": [{"domain": one.domain, "users": one.users, "loss_per_event": one.loss_per_event} for one in risked.details.apart],
            "neighbours": [_neighbours(comparison, one) for one in risked.details.neighbours],
            "crawlers": to_json(risked.details.crawlers),
            "change_windows": [_window(comparison, one) for one in risked.details.windows],
            "freezes": to_json(risked.details.frozen),
            "releases": to_json(risked.details.releases),
            "lost_now": to_json(risked.loss),
        }
    )


def _domain(comparison: Comparison, domain: Domain) -> Json:
    return {
        "name": domain.name,
        "kind": domain.kind,
        "rate_per_year": domain.rate_per_year,
        "outage_h": domain.outage_h,
        "planned_h": domain.route.planned_h,
        "worst_h": domain.route.worst_h,
        "steps": to_json(domain.route.steps),
        "tenants": [comparison.tenants[i] for i in domain.tenants],
        "users": float(comparison.factory.sizer.rows.users[list(domain.tenants)].sum()),
        "assumed": domain.assumed,
        "outage_assumed": domain.route.assumed,
    }


def _objective(comparison: Comparison, one: Objective) -> Json:
    return {
        "tenant": comparison.tenants[one.tenant],
        "process": one.process,
        "objective": one.what,
        "against": str(one.against),
        "kept": one.kept,
        "allowed_h": one.allowed_h,
        "takes_h": one.takes_h,
        "domain": one.domain,
        "step": one.step,
        "chance": one.chance,
    }


def _rate(one: DomainRate) -> Json:
    return {
        "domain": one.failure.domain,
        "outage_h": one.failure.outage_h,
        "source": one.failure.source,
        "assumed": one.assumed,
        "prior": to_json(one.prior),
        "rate": to_json(one.rate),
    }


def _neighbours(comparison: Comparison, one: Neighbours) -> Json:
    return {
        "pool": one.pool,
        "resource": str(one.resource),
        "month": one.month,
        "probability": one.probability,
        "standard_error": one.standard_error,
        "now": one.now,
        "culprits": [{"tenant": comparison.tenants[tenant], "relief": relief} for tenant, relief in one.culprits],
        "victims": [{"tenant": comparison.tenants[tenant], "probability": chance} for tenant, chance in one.victims],
    }


def _window(comparison: Comparison, one: ChangeWindow) -> Json:
    return {
        "pool": one.pool,
        "layer": str(one.layer),
        "window": one.text,
        "zone": one.zone,
        "longest_h": one.longest_h,
        "other_season_h": one.other_season_h,
        "common": one.common,
        "between": [comparison.tenants[i] for i in one.between],
    }
