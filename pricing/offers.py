"""What can be rented or owned, with the limits that its provider states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

ANYWHERE = "*"
"""Region of an offer or a price that holds in every region."""

LIMIT_NAMES = frozenset(
    {
        "worker_time",
        "cpu",
        "memory",
        "database_cpu",
        "database_memory",
        "postgres_iops",
        "postgres_throughput",
        "connections",
        "storage",
        "redis_memory",
        "ingress",
        "filestore",
    }
)
"""Values of models.topology.resources.Resource; the two rooms may not import each other, a test compares them."""


class OfferKind(StrEnum):
    """What an offer is, as far as sizing must tell offers apart."""

    MACHINE = "machine"
    VOLUME = "volume"
    SNAPSHOT = "snapshot"
    OBJECT_STORAGE = "object_storage"
    LOAD_BALANCER = "load_balancer"
    EGRESS = "egress"
    ZONE_TRANSFER = "zone_transfer"
    FILE_STORAGE = "file_storage"
    LOGS = "logs"
    METRICS = "metrics"
    CONTROL_PLANE = "control_plane"
    CACHE = "cache"
    DATABASE = "database"
    POWER = "power"
    OTHER = "other"


YES = "yes"
"""Value of an attribute that is a plain statement, such as includes_standby."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something one can rent or own in one region.

    `limits` names what an instance can carry by the values of `Resource`: cores (as the operating system counts them), bytes,
    operations/s, bytes/s. None is a limit that exists and is not known; an absent name is not provided or not limited here.
    A burstable machine's cpu is what it keeps up without credits.

    `attributes` used by the workbench: architecture (x86_64, arm64), vcpu, threads_per_core, core_speed (1 is the machine measured
    on), usable_memory_bytes, base_cpu_share, baseline_iops, baseline_mbps, iops_per_gib, mbps_per_iops, minimum_gib,
    includes_standby (yes), nodes_billed, billed_when_off (yes), sku (the seller's number in this region, to join other lists by).
    """

    id: str
    """Normalised name, such as azure/E8s_v5."""
    provider: str
    region: str
    """Provider's region, such as westeurope, or "*"."""
    kind: OfferKind
    description: str = ""
    own_spelling: str = ""
    """Name as the provider writes it."""
    limits: Mapping[str, Decimal | None] = field(default_factory=dict)
    limits_source: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse limits outside the vocabulary."""
        unknown = sorted(set(self.limits) - LIMIT_NAMES)
        if unknown:
            raise ValueError(f"offer {self.id} limits {', '.join(unknown)}: use the names {', '.join(sorted(LIMIT_NAMES))}")

    def limit(self, name: str) -> Decimal | None:
        """Return a limit, or None when it is unknown or not stated."""
        return self.limits.get(name)

    def number(self, attribute: str) -> Decimal | None:
        """Return a numeric attribute, or None when it is not stated."""
        text = self.attributes.get(attribute)
        return None if text is None else Decimal(text)

    def says(self, attribute: str) -> bool:
        """Return whether a plain statement such as includes_standby holds."""
        return self.attributes.get(attribute) == YES


def billed_units(offer: Offer, primaries: int, standbys: int = 0) -> int:
    """Return how many times the offer is paid for so many primaries with so many standbys.

    A price that already holds its standby (Cloud SQL regional, RDS Multi-AZ, Memorystore standard) is paid once per primary; an
    offer priced per node that always runs several (Azure Managed Redis: two) is paid for each of them.
    """
    if primaries < 0 or standbys < 0:
        raise ValueError(f"{offer.id} bought for {primaries} primaries and {standbys} standbys: counts are not negative")
    instances = max(primaries, standbys) if offer.says("includes_standby") else primaries + standbys
    return instances * int(offer.number("nodes_billed") or 1)


def split_region(region: str) -> str:
    """Return the provider's region of a name such as azure/westeurope or westeurope."""
    return region.rsplit("/", 1)[-1]
