"""What Google's SKUs are: descriptions of the Cloud Billing Catalog to normalised offers, and to the parts of which machines consist."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.money import HOURS_PER_MONTH
from pricing.offers import OfferKind

ONE = Decimal(1)
UNITS: Mapping[str, tuple[str, Decimal]] = {
    "h": ("hour", ONE),
    "mo": ("month", ONE),
    "GiBy": ("GiB", ONE),
    "GiBy.h": ("GiB-month", HOURS_PER_MONTH),
    "GiBy.mo": ("GiB-month", ONE),
    "GiBy.d": ("GiB-month", HOURS_PER_MONTH / 24),
    "TiBy.mo": ("GiB-month", ONE / 1024),
    "TiBy": ("GiB", ONE / 1024),
}
"""Units of use (UCUM) with ours and the factor to a price per ours; By is bytes, Gi and Ti are powers of two."""

_PART = re.compile(r"(?P<family>[A-Z]\d[A-Z]?)(?: AMD| Arm)? Instance (?P<part>Core|Ram) running in ")
_COMMITTED = re.compile(r"Commitment v1: (?P<family>[A-Z]\d[A-Z]?)(?: AMD| Arm)? (?P<part>Cpu|Ram) in .+ for (?P<years>1|3) Years?$")
_DISKS = re.compile(r"(?P<regional>Regional )?(?P<kind>Storage|SSD backed|Balanced|Extreme) PD Capacity(?: in .+)?$")
_DISK_NAMES = {"Storage": "pd-hdd", "SSD backed": "pd-ssd", "Balanced": "pd-balanced", "Extreme": "pd-extreme"}
_SNAPSHOT = re.compile(r"Storage PD Snapshot in ")
_BUCKET = re.compile(r"(?P<storage>Standard|Nearline|Coldline|Archive) Storage (?!.*(?:Dual-region|Multi-region))")
_SQL = re.compile(r"Cloud SQL for PostgreSQL: (?P<reach>Zonal|Regional) - (?P<part>vCPU|RAM|Standard storage) in ")
_SQL_NAMES = {"vCPU": "vcpu", "RAM": "mem", "Standard storage": "ssd"}
_REDIS = re.compile(r"Redis Capacity (?P<tier>Basic|Standard) (?P<size>M[1-5]) ")


@dataclass(frozen=True, slots=True)
class MachinePart:
    """A price of one vCPU or one GiB of machines of a family; a machine is both."""

    family: str
    is_memory: bool
    term_months: int | None
    """None: on demand."""


@dataclass(frozen=True, slots=True)
class Sold:
    """Something with a price of its own."""

    offer_id: str
    kind: OfferKind
    includes_standby: bool = False


def machine_part(description: str) -> MachinePart | None:
    """Return of which machines a SKU is a part, None for any other; spot, custom, sole-tenant and reserved ones are others."""
    match, term = _PART.match(description), None
    if match is None:
        match = _COMMITTED.match(description)
        term = int(match["years"]) * 12 if match else None
    return MachinePart(match["family"].lower(), match["part"] == "Ram", term) if match else None


def sold_item(service: str, description: str) -> Sold | None:
    """Return what a SKU of a service sells on its own, None for what is not used here."""
    if service == "Compute Engine":
        return _disk(description)
    if service == "Cloud Storage":
        bucket = _BUCKET.match(description)
        return Sold(f"gcp/gcs-{bucket['storage'].lower()}", OfferKind.OBJECT_STORAGE) if bucket else None
    if service == "Cloud SQL":
        return _database(description)
    redis = _REDIS.match(description) if service == "Cloud Memorystore for Redis" else None
    if redis is None:
        return None
    return Sold(f"gcp/memorystore-redis-{redis['tier']}-{redis['size']}".lower(), OfferKind.CACHE, redis["tier"] == "Standard")


def _disk(description: str) -> Sold | None:
    if _SNAPSHOT.match(description):
        return Sold("gcp/pd-snapshot", OfferKind.SNAPSHOT)
    disk = _DISKS.match(description)
    if disk is None:
        return None
    pair = disk["regional"] is not None
    return Sold(f"gcp/{_DISK_NAMES[disk['kind']]}{'-replicated' if pair else ''}", OfferKind.VOLUME, pair)


def _database(description: str) -> Sold | None:
    match = _SQL.match(description)
    if match is None:
        return None
    kind = OfferKind.VOLUME if match["part"] == "Standard storage" else OfferKind.DATABASE
    return Sold(f"gcp/cloud-sql-{_SQL_NAMES[match['part']]}-{match['reach'].lower()}", kind, match["reach"] == "Regional")
