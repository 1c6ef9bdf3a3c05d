"""Meridian Manufacturing: the planted truth of every tenant and of the pools it runs on today."""

from dataclasses import dataclass

GIB = 1 << 30
MIB = 1 << 20

PRODUCTION = "production"
STAGING = "staging"
TEST = "test"


@dataclass(frozen=True, slots=True)
class Service:
    """How long a request holds a worker: light pages (inverse Gaussian) and heavy reports (lognormal)."""

    mean_s: float
    heavy_share: float
    heavy_factor: float = 4.0
    """Mean of a heavy request over the overall mean."""
    cpu_s: float = 0.06
    database_s: float = 0.035
    database_cpu_s: float = 0.02


@dataclass(frozen=True, slots=True)
class Night:
    """The planning run that starts at 01:00 local time, Monday to Saturday; all zero: none."""

    cores: float = 0.0
    workers: float = 0.0
    blocks_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Size:
    """What is stored, and what is added in an average month."""

    database_gib: float
    database_gib_per_month: float
    filestore_gib: float
    filestore_gib_per_month: float


@dataclass(frozen=True, slots=True)
class TenantTruth:
    """One tenant as planted; rates are those of October 2026."""

    name: str
    plants: tuple[tuple[str, int], ...]
    zone: str
    holidays: str
    pattern: str
    """three-shift, two-shift, office or rare."""
    peak_rps: float
    """Requests per second in an ordinary busy hour."""
    growth_per_month: float
    service: Service
    size: Size
    night: Night = Night()
    environment: str = PRODUCTION
    image: str = "meridian-std"
    postgres: str = "16"
    blocks_read: float = 25.0
    """PostgreSQL blocks read per request."""
    keys_per_user: float = 60.0
    """Sessions alive per user: integrations and scanners sign in again and again."""
    downtime_per_hour: int | None = None
    cost_centre: str = ""
    regulated_because: str | None = None
    noise: float = 1.0
    """Scale of the random part."""

    @property
    def users(self) -> int:
        """Users of all plants."""
        return sum(users for _, users in self.plants)


@dataclass(frozen=True, slots=True)
class PoolTruth:
    """A pool of today's topology and what drives its servers."""

    name: str
    layer: str
    tenants: tuple[str, ...]


_SMALL = Size(18, 0.0, 6, 0.0)


def _copy(
    name: str, of: str, zone: str, environment: str, *, peak_rps: float, users: int, image: str = "meridian-std", size: Size = _SMALL
) -> TenantTruth:
    pattern = "office" if environment == STAGING else "rare"
    plants = ((f"{of} ({environment})", users),)
    return TenantTruth(
        name,
        plants,
        zone,
        "",
        pattern,
        peak_rps,
        0.0,
        Service(0.13, 0.06),
        size,
        environment=environment,
        image=image,
        noise=4.0,
        blocks_read=40.0,
    )


BERLIN, CHICAGO, KOLKATA = "Europe/Berlin", "America/Chicago", "Asia/Kolkata"
METAL = "meridian-metal"

TENANTS: tuple[TenantTruth, ...] = (
    TenantTruth("leipzig", (("Leipzig", 220),), BERLIN, "DE-SN", "three-shift", 30.0, 0.012, Service(0.120, 0.07),
                Size(310, 4.5, 180, 3.2), Night(2.4, 3.0, 1500), downtime_per_hour=18000, cost_centre="4711"),
    TenantTruth("zwickau", (("Zwickau", 120), ("Reichenbach", 40)), BERLIN, "DE-SN", "two-shift", 21.0, 0.020, Service(0.115, 0.06),
                Size(205, 4.1, 95, 2.1), Night(1.6, 2.0, 1050), downtime_per_hour=14000, cost_centre="4712"),
    TenantTruth("erfurt", (("Erfurt", 90),), BERLIN, "DE-TH", "two-shift", 12.5, 0.008, Service(0.125, 0.08),
                Size(118, 1.6, 60, 0.9), Night(0.9, 1.0, 620), downtime_per_hour=6500, cost_centre="4713"),
    TenantTruth("plauen", (("Plauen", 60),), BERLIN, "DE-SN", "office", 7.5, 0.000, Service(0.105, 0.05),
                Size(64, 0.5, 22, 0.3), downtime_per_hour=2500, cost_centre="4714"),
    TenantTruth("jena", (("Jena", 120),), BERLIN, "DE-TH", "two-shift", 15.0, 0.010, Service(0.130, 0.07),
                Size(150, 2.2, 240, 5.5), Night(1.1, 1.0, 540), downtime_per_hour=22000, cost_centre="4720",
                regulated_because="medical device audit 2026"),
    TenantTruth("freiberg", (("Freiberg", 140),), BERLIN, "DE-SN", "three-shift", 17.0, 0.015, Service(0.140, 0.08, cpu_s=0.07),
                Size(190, 3.0, 80, 1.4), Night(1.5, 2.0, 980), image=METAL, blocks_read=32.0, downtime_per_hour=12000, cost_centre="4730"),
    TenantTruth("chemnitz", (("Chemnitz", 110),), BERLIN, "DE-SN", "two-shift", 11.0, 0.005, Service(0.135, 0.07, cpu_s=0.07),
                Size(132, 1.3, 58, 0.8), Night(1.0, 1.0, 560), image=METAL, blocks_read=30.0, downtime_per_hour=9000, cost_centre="4731"),
    TenantTruth("rockford", (("Rockford", 150), ("Belvidere", 30)), CHICAGO, "US-IL", "two-shift", 24.0, 0.018, Service(0.118, 0.06),
                Size(230, 4.0, 120, 2.4), Night(1.8, 2.0, 1150), downtime_per_hour=16000, cost_centre="5101"),
    TenantTruth("moline", (("Moline", 70),), CHICAGO, "US-IL", "office", 8.5, 0.005, Service(0.110, 0.05),
                Size(72, 0.8, 30, 0.5), downtime_per_hour=3000, cost_centre="5102"),
    TenantTruth("peoria", (("Peoria", 130),), CHICAGO, "US-IL", "three-shift", 15.5, 0.012, Service(0.138, 0.08, cpu_s=0.07),
                Size(168, 2.4, 70, 1.2), Night(1.3, 1.0, 820), image=METAL, blocks_read=31.0, downtime_per_hour=11000, cost_centre="5103"),
    TenantTruth("joliet", (("Joliet", 85),), CHICAGO, "US-IL", "two-shift", 9.5, 0.006, Service(0.132, 0.07, cpu_s=0.07),
                Size(96, 1.1, 150, 2.8), Night(0.8, 1.0, 430), image=METAL, postgres="15", blocks_read=30.0, downtime_per_hour=15000,
                cost_centre="5104", regulated_because="export control agreement 2025"),
    TenantTruth("pune", (("Pune", 140), ("Chakan", 60)), KOLKATA, "IN-MH", "three-shift", 26.0, 0.030, Service(0.116, 0.06),
                Size(175, 5.2, 88, 2.6), Night(1.7, 2.0, 1100), downtime_per_hour=7000, cost_centre="6201"),
    TenantTruth("hosur", (("Hosur", 50),), KOLKATA, "IN-TN", "two-shift", 6.5, 0.025, Service(0.112, 0.06),
                Size(41, 1.0, 15, 0.4), Night(0.4, 0.0, 240), downtime_per_hour=1800, cost_centre="6202"),
    TenantTruth("nashik", (("Nashik", 90),), KOLKATA, "IN-MH", "two-shift", 11.5, 0.017, Service(0.136, 0.08, cpu_s=0.07),
                Size(88, 1.8, 36, 0.7), Night(0.9, 1.0, 600), image=METAL, postgres="15", blocks_read=30.0, downtime_per_hour=3500,
                cost_centre="6203"),
    _copy("leipzig-staging", "Leipzig", BERLIN, STAGING, peak_rps=1.4, users=12, size=Size(305, 0.0, 40, 0.0)),
    _copy("jena-staging", "Jena", BERLIN, STAGING, peak_rps=0.9, users=8, size=Size(148, 0.0, 40, 0.0)),
    _copy("freiberg-staging", "Freiberg", BERLIN, STAGING, peak_rps=1.0, users=8, image=METAL, size=Size(185, 0.0, 20, 0.0)),
    _copy("rockford-staging", "Rockford", CHICAGO, STAGING, peak_rps=1.1, users=10, size=Size(226, 0.0, 30, 0.0)),
    _copy("pune-staging", "Pune", KOLKATA, STAGING, peak_rps=1.2, users=10, size=Size(170, 0.0, 25, 0.0)),
    _copy("std-test", "Standard", BERLIN, TEST, peak_rps=0.5, users=6),
    _copy("metal-test", "Metal", BERLIN, TEST, peak_rps=0.4, users=6, image=METAL),
    _copy("rockford-test", "Rockford", CHICAGO, TEST, peak_rps=0.3, users=4),
    _copy("training", "Training", BERLIN, TEST, peak_rps=0.8, users=20),
)  # fmt: skip

POOLS: tuple[PoolTruth, ...] = (
    PoolTruth("workers-eu-std", "workers", ("leipzig", "zwickau", "erfurt", "plauen")),
    PoolTruth("workers-eu-metal", "workers", ("freiberg", "chemnitz")),
    PoolTruth("workers-jena", "workers", ("jena",)),
    PoolTruth("workers-us-std", "workers", ("rockford", "moline")),
    PoolTruth("workers-us-metal", "workers", ("peoria",)),
    PoolTruth("workers-joliet", "workers", ("joliet",)),
    PoolTruth("workers-in-std", "workers", ("pune", "hosur")),
    PoolTruth("workers-in-metal", "workers", ("nashik",)),
    PoolTruth(
        "workers-lab-std",
        "workers",
        ("leipzig-staging", "jena-staging", "rockford-staging", "pune-staging", "std-test", "rockford-test", "training"),
    ),
    PoolTruth("workers-lab-metal", "workers", ("freiberg-staging", "metal-test")),
    PoolTruth("db-eu-1", "database server", ("leipzig", "zwickau", "erfurt", "plauen", "freiberg", "chemnitz")),
    PoolTruth("db-jena", "database server", ("jena",)),
    PoolTruth("db-us-1", "database server", ("rockford", "moline", "peoria")),
    PoolTruth("db-joliet", "database server", ("joliet",)),
    PoolTruth("db-in-1", "database server", ("pune", "hosur")),
    PoolTruth("db-in-2", "database server", ("nashik",)),
    PoolTruth("db-lab", "database server", tuple(tenant.name for tenant in TENANTS if tenant.environment != PRODUCTION)),
    PoolTruth("cache-eu", "cache", ("leipzig", "zwickau", "erfurt", "plauen", "jena", "freiberg", "chemnitz")),
    PoolTruth("cache-world", "cache", ("rockford", "moline", "peoria", "joliet", "pune", "hosur", "nashik")),
    PoolTruth("cache-lab", "cache", tuple(tenant.name for tenant in TENANTS if tenant.environment != PRODUCTION)),
)


def tenant_named(name: str) -> TenantTruth:
    """Return the planted tenant of that name; KeyError when there is none."""
    return {tenant.name: tenant for tenant in TENANTS}[name]


def pool_of(tenant: str, layer: str) -> PoolTruth:
    """Return the pool that serves a tenant in a layer today; StopIteration when none does."""
    return next(pool for pool in POOLS if pool.layer == layer and tenant in pool.tenants)
