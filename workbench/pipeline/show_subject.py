"""Whose demand of which resource is looked at: all tenants, a pool, or one tenant."""

from dataclasses import dataclass

from models.topology.resources import Resource
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_fan import Fan, estate_fan, pool_fan, resources_of, tenant_fan

ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A group of tenants and a resource."""

    topology: str
    key: str
    """all, tenant/NAME or pool/NAME."""
    pool: Pool | None
    tenants: tuple[int, ...]
    """Rows of the tenants of the figures."""
    resource: Resource
    drivers: tuple[str, ...]
    """Values of the drivers that the resource follows."""

    @property
    def name(self) -> str:
        """Name of the tenant or pool; empty for all."""
        return self.key.partition("/")[2]

    @property
    def tenant(self) -> str | None:
        """The tenant, if it is about one."""
        return self.name if self.key.startswith("tenant/") else None


def production_pools(session: Session, topology: str) -> list[Pool]:
    """Return the pools of a topology that production stands on."""
    return [pool for pool in session.result(topology).plan.pools if pool.production]


def subject_of(session: Session, topology: str, wanted: str, resource: str) -> Subject:
    """Return the subject wanted, else the pool with the least headroom; the resource wanted, else the one that binds it."""
    pools = production_pools(session, topology)
    key = _key(session, pools, wanted)
    kind, _, name = key.partition("/")
    pool = next((pool for pool in pools if pool.name == name), None) if kind == "pool" else None
    tenants = tuple(range(len(session.tenants)))
    if kind == "tenant":
        tenants = (session.tenants.index(name),)
    elif pool is not None:
        tenants = pool.tenants
    known = resources_known(session, pool)
    binding = pool.tightest()[1] if pool is not None else None
    chosen = next((one for one in known if one.value == resource), None) or (binding if binding in known else None) or known[0]
    drivers = tuple(dict.fromkeys(link.driver.value for link in session.demand.links if link.resource == chosen))
    return Subject(topology, key, pool, tenants, chosen, drivers)


def resources_known(session: Session, pool: Pool | None) -> list[Resource]:
    """Return the resources that data identify, of a pool only those it has."""
    return [one for one in resources_of(session) if pool is None or one in pool.planned]


def fan_of(session: Session, subject: Subject) -> Fan:
    """Return past and forecast of a subject."""
    if subject.pool is not None:
        return pool_fan(session, subject.topology, subject.pool.name, subject.resource)
    return estate_fan(session, subject.resource) if subject.tenant is None else tenant_fan(session, subject.tenant, subject.resource)


def _key(session: Session, pools: list[Pool], wanted: str) -> str:
    if wanted in {ALL, *(f"tenant/{name}" for name in session.tenants), *(f"pool/{pool.name}" for pool in pools)}:
        return wanted
    limited = [pool for pool in pools if pool.tightest()[1] is not None]
    return f"pool/{min(limited, key=lambda pool: (pool.tightest()[0], pool.name)).name}" if limited else ALL
