"""One frozen change to a study each, and a scenario as a named list of them; those of demand are in `demand_kinds`."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from models.topology.resources import Layer
from workbench.study.edits.checks import check_above_zero, check_names, check_several
from workbench.study.edits.demand_kinds import DemandEdit
from workbench.study.estate import EVENT_KINDS


@dataclass(frozen=True, slots=True)
class AddTenant:
    """A tenant to come, like one that is there."""

    tenant: str
    like: str
    scale: float = 1.0
    """Its size as a multiple of the other's."""
    start: date | None = None
    """First day; None: from today on."""

    def __post_init__(self) -> None:
        check_names(self, tenant=self.tenant, like=self.like)
        check_above_zero(self, scale=self.scale)


@dataclass(frozen=True, slots=True)
class RemoveTenant:
    """A tenant that leaves."""

    tenant: str
    end: date
    """Last day."""

    def __post_init__(self) -> None:
        check_names(self, tenant=self.tenant)


@dataclass(frozen=True, slots=True)
class MigrateTenant:
    """A tenant with history elsewhere that comes onto the platform on a day; nothing of it is there before."""

    tenant: str
    start: date
    """First day on the platform."""

    def __post_init__(self) -> None:
        check_names(self, tenant=self.tenant)


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """What a stretch of a tenant's history was; the fit follows it."""

    tenant: str
    start: date
    """First day in the tenant's zone, or a moment in UTC."""
    end: date
    """Last day, or the moment at which it was over."""
    kind: str
    """outage, one-off, shutdown or normal."""
    series: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        check_names(self, tenant=self.tenant, **({"series": self.series} if self.series is not None else {}))
        if self.kind not in EVENT_KINDS:
            raise ValueError(f"{type(self).__name__}: kind {self.kind!r} is not known: use one of {', '.join(EVENT_KINDS)}")
        if isinstance(self.start, datetime) != isinstance(self.end, datetime):
            raise ValueError(f"{type(self).__name__}: from {self.start} to {self.end} mixes a day and a moment: give two of a kind")
        if isinstance(self.start, datetime) and isinstance(self.end, datetime) and None in (self.start.tzinfo, self.end.tzinfo):
            raise ValueError(f"{type(self).__name__}: from {self.start} to {self.end} has no time zone: give UTC")
        if self.end < self.start:
            raise ValueError(f"{type(self).__name__}: to {self.end} lies before from {self.start}")


@dataclass(frozen=True, slots=True)
class SetWorkers:
    """Another number of workers in each replica of a pool."""

    pool: str
    workers: int

    def __post_init__(self) -> None:
        check_names(self, pool=self.pool)
        check_above_zero(self, workers=self.workers)


@dataclass(frozen=True, slots=True)
class SetReplicas:
    """Another number of machines that carry a worker pool, all alive, in every month."""

    pool: str
    replicas: int

    def __post_init__(self) -> None:
        check_names(self, pool=self.pool)
        check_above_zero(self, replicas=self.replicas)


@dataclass(frozen=True, slots=True)
class SetCache:
    """Another size of a pool's cache: shared buffers or Redis memory."""

    pool: str
    cache_bytes: int

    def __post_init__(self) -> None:
        check_names(self, pool=self.pool)
        check_above_zero(self, cache_bytes=self.cache_bytes)


@dataclass(frozen=True, slots=True)
class SetTtl:
    """Another time to live of the sessions in a pool's cache."""

    pool: str
    ttl_s: float

    def __post_init__(self) -> None:
        check_names(self, pool=self.pool)
        check_above_zero(self, ttl_s=self.ttl_s)


@dataclass(frozen=True, slots=True)
class SetPrice:
    """Another price of an offer for one of its units."""

    offer: str
    unit: str
    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        check_names(self, offer=self.offer, unit=self.unit, currency=self.currency)
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError(f"{type(self).__name__}: amount is {self.amount} and must be a finite amount of at least 0")


@dataclass(frozen=True, slots=True)
class SetObjective:
    """Another objective for an environment or for one tenant."""

    target: str
    """Name of an environment or a tenant."""
    share: float
    within_s: float

    def __post_init__(self) -> None:
        check_names(self, target=self.target)
        check_above_zero(self, within_s=self.within_s)
        if not 0 < self.share < 1:
            raise ValueError(f"{type(self).__name__}: share is {self.share} and must lie between 0 and 1, both excluded")


@dataclass(frozen=True, slots=True)
class SetFailureRate:
    """Another belief about how often one instance of a domain fails; the incident log still updates it."""

    domain: str
    rate_per_year: float

    def __post_init__(self) -> None:
        check_names(self, domain=self.domain)
        if not isfinite(self.rate_per_year) or self.rate_per_year < 0:
            raise ValueError(f"{type(self).__name__}: rate_per_year is {self.rate_per_year} and must be a finite rate of at least 0")


@dataclass(frozen=True, slots=True)
class MoveTenant:
    """A tenant served by another pool of a layer."""

    topology: str
    tenant: str
    layer: Layer
    pool: str
    """The pool it moves to; in a computed topology a name that is not there makes a new pool."""

    def __post_init__(self) -> None:
        check_names(self, topology=self.topology, tenant=self.tenant, pool=self.pool)


@dataclass(frozen=True, slots=True)
class SplitPool:
    """Some tenants of a pool get a pool of their own."""

    topology: str
    pool: str
    tenants: tuple[str, ...]
    """Those that leave."""
    name: str
    """The new pool."""

    def __post_init__(self) -> None:
        check_names(self, topology=self.topology, pool=self.pool, name=self.name)
        check_several(self, "tenants", self.tenants, 1)


@dataclass(frozen=True, slots=True)
class MergePools:
    """Several pools of a layer become one."""

    topology: str
    pools: tuple[str, ...]
    name: str
    """The pool that is left; may be the name of one of them."""

    def __post_init__(self) -> None:
        check_names(self, topology=self.topology, name=self.name)
        check_several(self, "pools", self.pools, 2)


@dataclass(frozen=True, slots=True)
class PinOffer:
    """A pool's machines are of this offer, whatever would be cheaper."""

    topology: str
    pool: str
    offer: str

    def __post_init__(self) -> None:
        check_names(self, topology=self.topology, pool=self.pool, offer=self.offer)


PartitionEdit = MoveTenant | SplitPool | MergePools
Edit = (
    AddTenant
    | RemoveTenant
    | MigrateTenant
    | DemandEdit
    | LabelEvent
    | SetWorkers
    | SetReplicas
    | SetCache
    | SetTtl
    | SetPrice
    | SetObjective
    | SetFailureRate
    | MoveTenant
    | SplitPool
    | MergePools
    | PinOffer
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named list of edits; undoing drops the last one."""

    name: str
    edits: tuple[Edit, ...]

    def undone(self) -> "Scenario":
        """Return the scenario without its last edit."""
        return Scenario(self.name, self.edits[:-1])
