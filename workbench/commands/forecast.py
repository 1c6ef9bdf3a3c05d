"""`forecast`: demand and exhaustion; with a gate, whether anything is full too soon."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from workbench.commands.opening import session_of
from workbench.exports.csv_dialects import DIALECTS, csv_text
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.looking_back import anomalies_of
from workbench.pipeline.session import Progress, Session
from workbench.pipeline.show_exhaustion import ExhaustionRow, exhaustion_rows, full_soon, tenants_full
from workbench.pipeline.show_fan import Fan, estate_fan, resources_of, tenant_fan
from workbench.study.atomic import write_whole
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class ForecastOptions:
    """What to forecast, and the gate."""

    topology: str = "current"
    tenant: str | None = None
    """None: all together."""
    pool: str | None = None
    """The gate looks at this pool only; None: at all, or at all that the tenant stands on."""
    full_within_days: float | None = None
    at_most: float = 0.05
    """Largest probability allowed that something is full within that time."""
    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    csv: Path | None = None
    dialect: str = "machine"


@dataclass(frozen=True, slots=True)
class FullSoon:
    """What is full within the gate's time with more than the allowed probability."""

    pool: str
    """Empty: any pool of the tenant."""
    resource: str
    tenant: str
    """Empty: a pool by itself."""
    probability: float

    @property
    def subject(self) -> str:
        """What it is, in words."""
        return f"{self.tenant or self.pool}, {self.resource or self.pool or 'any of its pools'}"


@dataclass(frozen=True, slots=True, eq=False)
class Forecasted:
    """Demand, and what is full too soon."""

    session: Session
    comparison: Comparison
    topology: str
    tenant: str | None
    fans: tuple[Fan, ...]
    too_soon: tuple[FullSoon, ...]

    @property
    def answered(self) -> bool:
        """Whether the gate is met."""
        return not self.too_soon


def forecast(study: Study, options: ForecastOptions, progress: Progress) -> Forecasted:
    """Return the demand of every resource and the pools of a topology that are full too soon."""
    session = session_of(study, options.scenarios, options.edits, progress)
    fans = tuple(
        estate_fan(session, resource) if options.tenant is None else tenant_fan(session, options.tenant, resource)
        for resource in resources_of(session)
    )
    comparison = session.compare((options.topology,))
    too_soon: tuple[FullSoon, ...] = ()
    if options.full_within_days is not None:
        until = comparison.as_of + timedelta(days=options.full_within_days)
        found = full_soon(session, options.topology, until, options.tenant, options.pool)
        too_soon = tuple(
            FullSoon(one.pool, "" if one.resource is None else one.resource.value, one.tenant, one.probability)
            for one in found
            if one.probability > options.at_most
        )
    if options.csv is not None:
        write_whole(options.csv, csv_text(ExhaustionRow, exhaustion_rows(session, options.topology), DIALECTS[options.dialect]))
    return Forecasted(session, comparison, options.topology, options.tenant, fans, too_soon)


def forecasted_json(found: Forecasted) -> str:
    """Return demand and exhaustion as a document."""
    pools = [pool for pool in found.comparison.result(found.topology).plan.pools if pool.production]
    return json_text(
        {
            "study": found.comparison.study,
            "demo": found.comparison.demo,
            "scenario": found.comparison.scenario,
            "topology": found.topology,
            "tenant": found.tenant,
            "as_of": found.comparison.as_of,
            "growth": to_json(found.session.growth.bases),
            "growth_said": list(found.session.growth_said()),
            "demand": {
                fan.resource.value: {
                    "unit": fan.unit,
                    "months": [str(month) for month in fan.months],
                    "p05": fan.bands[0].tolist(),
                    "p50": fan.bands[2].tolist(),
                    "p95": fan.bands[4].tolist(),
                }
                for fan in found.fans
            },
            "exhaustion": {pool.name: {resource.value: to_json(when) for resource, when in pool.exhaustion.items()} for pool in pools},
            "tenants": {one.tenant: to_json(one) for one in tenants_full(found.session, found.topology)},
            "anomalies": [to_json(one) for one in anomalies_of(found.session) if found.tenant in (None, one.tenant)],
            "full_too_soon": to_json(found.too_soon),
        }
    )
