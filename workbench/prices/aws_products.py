"""What AWS price lists sell: filters, normalised offers and units."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.offers import Offer, OfferKind
from workbench.prices.imported import NotTakenError

Row = Mapping[str, str]
_ONE, _NONE = Decimal(1), Decimal(0)
_GIB = Decimal(2**30)
_MIB_PER_GIB = Decimal(1024)
REDIS_SHARE = Decimal("0.75")
"""What ElastiCache leaves to keys: reserved-memory-percent is 25 unless changed (AWS, ElastiCache parameters)."""
INCLUDED: Mapping[tuple[str, str], Decimal] = {("aws/gp3", "IOPS-month"): Decimal(3000), ("aws/gp3", "MBps-month"): Decimal(125)}
"""What each gp3 volume brings without charge (AWS, EBS pricing, 2024)."""
_CLASSES = {
    "ByteHrs": ("s3-standard", "S3 Standard storage"),
    "SIA-ByteHrs": ("s3-standard-ia", "S3 Standard-IA storage"),
    "ZIA-ByteHrs": ("s3-one-zone-ia", "S3 One Zone-IA storage"),
    "GlacierByteHrs": ("s3-glacier-flexible", "S3 Glacier flexible retrieval storage"),
}
_OBJECTS = re.compile(rf"TimedStorage-({'|'.join(_CLASSES)})$")
_PROVISIONED = re.compile(r"EBS:VolumeP-(IOPS|Throughput)\.(gp3|io1|io2)(?:\.(tier\d))?$")


@dataclass(frozen=True, slots=True)
class Product:
    """An offer, the unit in which it is priced, and the units in which AWS prices it."""

    offer_id: str
    kind: OfferKind
    unit: str
    own_spelling: str
    description: str
    listed_units: Mapping[str, Decimal]
    """AWS's units, with the factor from its price to that of `unit`."""
    included: Decimal = _NONE
    vcpu: Decimal | None = None
    memory_bytes: Decimal | None = None
    includes_standby: bool = False

    def factor_from(self, listed_unit: str) -> Decimal:
        """Return the factor from a price per AWS's unit to one per `unit`, or raise NotTakenError."""
        factor = self.listed_units.get(listed_unit)
        if factor is None:
            raise NotTakenError(f"unit {listed_unit} is not read")
        return factor

    def offer(self, region: str) -> Offer:
        """Return the offer with what the row says of its limits; the rest is unknown."""
        attributes = {} if self.vcpu is None else {"vcpu": str(self.vcpu)}
        if self.includes_standby:
            attributes["includes_standby"] = "yes"
        return Offer(self.offer_id, "aws", region, self.kind, self.description, self.own_spelling, self._limits(), "price row", attributes)

    def _limits(self) -> Mapping[str, Decimal | None]:
        cpu, memory = self.vcpu, self.memory_bytes
        if self.kind is OfferKind.MACHINE:
            own = {"cpu": cpu, "database_cpu": cpu, "memory": memory, "database_memory": memory}
            return {**own, "postgres_iops": None, "postgres_throughput": None}
        if self.kind is OfferKind.DATABASE:
            return {"database_cpu": cpu, "database_memory": memory, "connections": None, "postgres_iops": None}
        if self.kind is OfferKind.CACHE:
            return {"redis_memory": memory and (memory * REDIS_SHARE).quantize(_ONE)}
        if self.kind is OfferKind.VOLUME:
            return dict.fromkeys(("storage", "postgres_iops", "postgres_throughput"))
        return {}


def find_product(row: Row) -> Product:
    """Return what a row sells, or raise NotTakenError with the reason."""
    reader = _READERS.get(row["Product Family"])
    if reader is None:
        raise NotTakenError(f"product family {row['Product Family'] or 'none'} is not read")
    if row.get("Location Type", _REGION) not in {"", _REGION}:
        raise NotTakenError(f"location type {row['Location Type']} is not read")
    if not region_of(row):
        raise NotTakenError("no region code")
    return reader(row)


def region_of(row: Row) -> str:
    """Return the code of the region where a row holds, for transfers that from which it goes; empty when it says none."""
    return row.get("Region Code", "") or row.get("From Region Code", "")


_REGION = "AWS Region"
_HOURLY = {"Hrs": _ONE, "Quantity": _ONE}
"""Instances by the hour; upfront fees of reservations by the piece."""
_GB_MONTH = {"GB-Mo": _ONE}
"""AWS counts gigabytes of storage in powers of two (AWS, EBS and S3 pricing)."""
_IOPS = {"IOPS-Mo": _ONE}
_THROUGHPUT = {"MiBps-mo": _ONE, "MBps-mo": _ONE, "GiBps-mo": _ONE / _MIB_PER_GIB}
"""Listed per GiB/s under a description that says MiB/s."""
_LINUX = {
    "Operating System": "Linux",
    "Tenancy": "Shared",
    "Pre Installed S/W": "NA",
    "CapacityStatus": "Used",
    "operation": "RunInstances",
}


def _instance(row: Row) -> Product:
    for column, wanted in _LINUX.items():
        if row.get(column) != wanted:
            raise NotTakenError(f"{column} other than {wanted}")
    size = row["Instance Type"]
    burstable = size.startswith("t")
    return Product(
        offer_id=f"aws/{size}",
        kind=OfferKind.MACHINE,
        unit="hour",
        listed_units=_HOURLY,
        own_spelling=size,
        description="EC2 instance, Linux, shared tenancy",
        vcpu=None if burstable else _number(row, "vCPU"),
        memory_bytes=_memory(row),
    )


def _storage(row: Row) -> Product:
    name = row.get("Volume API Name", "")
    if name:
        return Product(f"aws/{name}", OfferKind.VOLUME, "GiB-month", name, f"EBS {name} volume", _GB_MONTH)
    usage = _OBJECTS.search(row.get("usageType", ""))
    if usage is None:
        raise NotTakenError("storage that is neither an EBS volume nor an S3 class in use here")
    name, description = _CLASSES[usage[1]]
    return Product(f"aws/{name}", OfferKind.OBJECT_STORAGE, "GiB-month", usage[0], description, _GB_MONTH)


def _provisioned(row: Row) -> Product:
    match = _PROVISIONED.search(row.get("usageType", ""))
    if match is None:
        raise NotTakenError("operations that are not provisioned for a volume")
    if match[3]:
        raise NotTakenError("higher IOPS tiers of io2 count per volume, tiers here per account")
    unit, listed = ("IOPS-month", _IOPS) if match[1] == "IOPS" else ("MBps-month", _THROUGHPUT)
    name = match[2]
    included = INCLUDED.get((f"aws/{name}", unit), _NONE)
    return Product(f"aws/{name}", OfferKind.VOLUME, unit, name, f"EBS {name} volume", listed, included)


def _transfer(row: Row) -> Product:
    if row.get("Transfer Type") != "AWS Outbound" or row.get("To Location") != "External":
        raise NotTakenError("data transfer other than to the internet")
    return Product("aws/egress", OfferKind.EGRESS, "GB", row.get("usageType", ""), "to the internet", {"GB": _ONE})


def _database(row: Row) -> Product:
    if row.get("Database Engine") != "PostgreSQL":
        raise NotTakenError("database engine other than PostgreSQL")
    if row.get("Deployment Option") not in {"Single-AZ", "Multi-AZ"}:
        raise NotTakenError(f"deployment option {row.get('Deployment Option')} is not read")
    pair = row["Deployment Option"] == "Multi-AZ"
    size = row["Instance Type"].removeprefix("db.")
    return Product(
        offer_id=f"aws/rds-postgres-{size}{'-multi-az' if pair else ''}",
        kind=OfferKind.DATABASE,
        unit="hour",
        listed_units=_HOURLY,
        own_spelling=row["Instance Type"],
        description="RDS PostgreSQL Multi-AZ, standby included" if pair else "RDS PostgreSQL Single-AZ",
        vcpu=_number(row, "vCPU"),
        memory_bytes=_memory(row),
        includes_standby=pair,
    )


def _cache(row: Row) -> Product:
    engine = row.get("Cache Engine", "")
    if engine not in {"Redis", "Valkey"}:
        raise NotTakenError("cache engine other than Redis or Valkey")
    size = row["Instance Type"].removeprefix("cache.")
    return Product(
        offer_id=f"aws/{engine.lower()}-{size}",
        kind=OfferKind.CACHE,
        unit="hour",
        listed_units=_HOURLY,
        own_spelling=row["Instance Type"],
        description=f"ElastiCache {engine} node",
        vcpu=_number(row, "vCPU"),
        memory_bytes=_memory(row),
    )


def _number(row: Row, column: str) -> Decimal | None:
    text = row.get(column, "").replace(",", "")
    return Decimal(text) if text.isdigit() else None


def _memory(row: Row) -> Decimal | None:
    number, _, unit = row.get("Memory", "").replace(",", "").partition(" ")
    return (Decimal(number) * _GIB).quantize(_ONE) if unit == "GiB" else None


_READERS: Mapping[str, Callable[[Row], Product]] = {
    "Compute Instance": _instance,
    "Storage": _storage,
    "System Operation": _provisioned,
    "Provisioned Throughput": _provisioned,
    "Database Instance": _database,
    "Cache Instance": _cache,
    "Data Transfer": _transfer,
}
