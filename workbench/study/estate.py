"""What the user says about the group of plants: tenants, rules, money, failures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from models.topology.resources import Layer
from workbench.study.recovery import UNTESTED, Recovery
from workbench.study.source_specs import DriverSpec, SourceSpec

if TYPE_CHECKING:
    from workbench.study.edits import Edit


@dataclass(frozen=True, slots=True)
class Plant:
    """A site with users."""

    name: str
    users: int


@dataclass(frozen=True, slots=True)
class Runs:
    """The code a tenant runs; only equals share workers (image) or a server (postgres)."""

    image: str = "odoo"
    odoo: str = "18.0"
    postgres: str = "16"


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a tenant works and when it may be changed."""

    zone: str = "UTC"
    holidays: str | None = None
    """Country or country-subdivision code of the `holidays` package, such as DE-SN."""
    window: str | None = None
    """Change window in the tenant's zone, such as "Sun 02:00-06:00"."""


@dataclass(frozen=True, slots=True)
class Downtime:
    """What an hour without the system costs."""

    per_hour: Decimal
    ramp: tuple[tuple[float, Decimal], ...] = ((0.0, Decimal(1)),)
    """(hours since the start, share of per_hour lost from then on), ascending."""


@dataclass(frozen=True, slots=True)
class Process:
    """A business process with recovery objectives."""

    name: str
    rto_h: float
    rpo_h: float


@dataclass(frozen=True, slots=True)
class Objective:
    """Share of requests answered within a time, in the busiest hour of each month."""

    share: float = 0.95
    within_s: float = 0.8


@dataclass(frozen=True, slots=True)
class Backup:
    """How often the data is saved and how long copies are kept."""

    every_h: float = 24.0
    keep_days: tuple[int, ...] = (14,)
    """Retention tiers in days, longest last; month tiers are 30 days a month."""
    restore_tests_per_year: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for an environment class; a tenant's own value is shown where it differs."""

    objective: Objective = Objective()
    overflow_per_hour: float | None = None
    """Probability with which the accept queue of a worker pool may overflow in an hour; None: the assumed default of the model."""
    plan_at: float = 0.95
    headroom: float = 0.10
    survives: str = "none"
    """Loss without breaking the objective: none, node, zone or region."""
    rto_h: float = 8.0
    rpo_h: float = 24.0
    backup: Backup = Backup()
    awake_hours_per_week: float = 168.0
    """Hours a week in which machines run; the rest is slept."""
    awake: str | None = None
    """As the user wrote it, such as "Mon-Fri 06:00-20:00"."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One Odoo database with its environment."""

    name: str
    plants: tuple[Plant, ...]
    environment: str = "production"
    runs: Runs = Runs()
    calendar: Calendar = Calendar()
    isolation: Mapping[Layer, str] = field(default_factory=dict)
    """Layer to "own": this tenant may not share that layer."""
    isolation_because: str | None = None
    downtime: Downtime | None = None
    processes: tuple[Process, ...] = ()
    cost_centre: str | None = None
    regulated: bool = False
    policy: Policy | None = None
    """Own rules; None: those of the environment."""
    like: str | None = None
    """A planned tenant without history takes the workload of this one …"""
    scale: float = 1.0
    """… times this."""
    starts: date | None = None
    """First day of a planned tenant."""
    ends: date | None = None
    """Last day of a tenant that leaves."""

    @property
    def users(self) -> int:
        """Users of all its plants."""
        return sum(plant.users for plant in self.plants)

    @property
    def production(self) -> bool:
        """Whether plants stop when it stops."""
        return self.environment == "production"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One unit of `currency` in the study's currency."""

    currency: str
    rate: Decimal
    date: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Money:
    """Currency, exchange, budget and charge-back."""

    currency: str = "EUR"
    exchange: tuple[Exchange, ...] = ()
    fiscal_year_starts: tuple[int, int] = (1, 1)
    """Month and day."""
    budget: Mapping[str, Decimal] = field(default_factory=dict)
    chargeback: str = "peak"
    """peak, use or even."""
    risk_weight: Decimal = Decimal(1)
    """How much one unit of expected loss counts beside one unit of cost."""
    discount_rate: Decimal | None = None
    """Yearly rate at which later cash is discounted; None: no present value is shown."""


@dataclass(frozen=True, slots=True)
class Platform:
    """Where everything runs; the same for every topology compared."""

    region: str
    disaster_region: str | None = None
    runs_on: str = "machines"
    database: str = "self-run"
    cache: str = "self-run"
    offers: tuple[str, ...] = ()
    """Shell patterns of offer ids that may be used."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """How capacity is bought."""

    step_months: int | None = 3
    """Months between purchase steps; None: size for the whole horizon on day one."""
    lead_time_days: float = 42.0
    commit_share: Decimal | str = Decimal(0)
    """A share of the need, or "stable": what is needed all the time."""
    commit_term_months: int = 12
    commit_payment: str = "monthly"


@dataclass(frozen=True, slots=True)
class Labour:
    """What it takes to run pools and environments."""

    per_hour: Decimal = Decimal(0)
    hours_per_month: Mapping[str, Decimal] = field(default_factory=dict)
    """Keys pool, environment, regulated."""
    hours_per_release: Mapping[str, Decimal] = field(default_factory=dict)
    """Keys pool, environment."""
    releases_per_year: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Failure:
    """How often one instance of a domain fails and for how long."""

    domain: str
    rate_per_year: float
    evidence_years: float
    outage_h: float
    source: str
    rings: tuple[float, ...] = ()
    """Cumulative shares of pools reached ring by ring; releases only."""
    assumed: bool = True


@dataclass(frozen=True, slots=True)
class Incident:
    """One entry of the user's incident log."""

    start: datetime
    end: datetime
    cause: str
    domain: str
    tenants: tuple[str, ...]


EVENT_KINDS = ("outage", "one-off", "shutdown", "normal")
"""What a stretch of the history can be called."""


@dataclass(frozen=True, slots=True)
class LabelledEvent:
    """What the user says a stretch of a tenant's history was; it wins over what was found."""

    tenant: str
    start: date
    """First day in the tenant's zone, or a moment (datetime, UTC)."""
    end: date
    """Last day, or the moment at which it was over."""
    kind: str
    """outage: nothing was measured that counts; one-off: it happened and will not again; shutdown: planned, as in the calendar;
    normal: ordinary demand, keep it."""
    series: str | None = None
    """Series that it is about; None: all of the tenant."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An offer that a pool is built from."""

    offer: str
    count: int
    role: str = "primary"
    """primary, standby, replica, volume, …"""
    size: Decimal | None = None
    """Quantity a metered offer is bought in, such as GiB of a volume."""
    iops: int | None = None
    throughput_mbps: int | None = None
    purchase: str = "on_demand"


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """A pool as the user, or what runs today, says it."""

    name: str
    layer: Layer
    tenants: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    settings: Mapping[str, Decimal] = field(default_factory=dict)
    """workers (per replica), cache_bytes, ttl_s, max_connections, …"""
    owner: str | None = None
    runbook: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """What was paid for `current`."""

    month: date
    amount: Decimal
    currency: str
    source: str = "invoice"


@dataclass(frozen=True, slots=True)
class TopologySpec:
    """A partition of the estate given by hand, or what runs today."""

    name: str
    pools: tuple[PoolSpec, ...]
    invoice: Invoice | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """One planning question, read from a folder; the root of everything."""

    name: str
    folder: Path
    as_of: date | None
    """Today of every figure; None: the last complete day in history."""
    horizon_months: int
    seed: int
    tenants: tuple[Tenant, ...]
    money: Money
    platform: Platform
    purchase: Purchase
    policies: Mapping[str, Policy]
    """Environment to rules; "production" always exists."""
    users_share_limit: float | None
    """Largest share of production users that one pool of the hybrid may take down."""
    labour: Labour
    failures: tuple[Failure, ...]
    recovery: Recovery = UNTESTED
    incidents: tuple[Incident, ...] = ()
    events: tuple[LabelledEvent, ...] = ()
    """Later ones win over earlier ones."""
    sources: tuple[SourceSpec, ...] = ()
    drivers: tuple[DriverSpec, ...] = ()
    topologies: tuple[TopologySpec, ...] = ()
    scenarios: tuple["ScenarioSpec", ...] = ()
    demo: bool = False

    def tenant(self, name: str) -> Tenant:
        """Return the tenant of that name, or raise ValueError naming the known ones."""
        for tenant in self.tenants:
            if tenant.name == name:
                return tenant
        known = ", ".join(tenant.name for tenant in self.tenants)
        raise ValueError(f"no tenant {name!r} in study {self.name!r}: choose one of {known}")

    def policy_of(self, tenant: Tenant) -> Policy:
        """Return the tenant's own rules, else those of its environment, else those of production."""
        return tenant.policy or self.policies.get(tenant.environment) or self.policies["production"]


@dataclass(frozen=True, slots=True)
class ScenarioSpec:
    """A named list of edits, as written (workbench.study.edits reads them)."""

    name: str
    edits: tuple["Edit", ...]
