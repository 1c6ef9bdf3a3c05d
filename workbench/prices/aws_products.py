"""What the rows of AWS bulk price files sell: filters, normalised offers and units."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.offers import Offer, OfferKind

Row = Mapping[str, str]
_ONE, _NONE = Decimal(1), Decimal(0)
_GIB = Decimal(2**30)
_MIB_PER_GIB = Decimal(1024)
REDIS_SHARE = Decimal("0.75")
"""What ElastiCache leaves to keys: reserved-memory-percent is 25 unless changed (AWS, ElastiCache parameters)."""
INCLUDED: Mapping[tuple[str, str], Decimal] = {("aws/gp3", "IOPS-month"): Decimal(3000), ("aws/gp3", "MBps-month"): Decimal(125)}
"""What each gp3 volume brings without charge (AWS, EBS pricing, 2024)."""
_PROVISIONED = re.compile(r"EBS:VolumeP-(IOPS|Throughput)\.(gp3|io1|io2)(?:\.(tier\d))?$")


class NotTakenError(Exception):
    """A row that is not read; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Product:
    """An offer and the unit in which a row prices it."""

    offer_id: str
    kind: OfferKind
    unit: str
    own_spelling: str
    description: str
    factor: Decimal = _ONE
    """From the row's unit to `unit`."""
    included: Decimal = _NONE
    vcpu: Decimal | None = None
    memory_bytes: Decimal | None = None
    includes_standby: bool = False

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
        return dict.fromkeys(("storage", "postgres_iops", "postgres_throughput"))


def find_product(row: Row) -> Product:
    """Return what a row sells, or raise NotTakenError with the reason."""
    reader = _READERS.get(row["Product Family"])
    if reader is None:
        raise NotTakenError(f"product family {row['Product Family'] or 'none'} is not read")
    return reader(row)


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
    _hourly(row)
    burstable = size.startswith("t")
    return Product(
        offer_id=f"aws/{size}",
        kind=OfferKind.MACHINE,
        unit="hour",
        own_spelling=size,
        description="EC2 instance, Linux, shared tenancy",
        vcpu=None if burstable else _number(row, "vCPU"),
        memory_bytes=_memory(row),
    )


def _volume(row: Row) -> Product:
    name = row.get("Volume API Name", "")
    if not name or row["Unit"] != "GB-Mo":
        raise NotTakenError("storage that is no EBS volume")
    return Product(f"aws/{name}", OfferKind.VOLUME, "GiB-month", name, f"EBS {name} volume")


def _provisioned(row: Row) -> Product:
    match = _PROVISIONED.search(row.get("usageType", ""))
    if match is None:
        raise NotTakenError("operations that are not provisioned for a volume")
    if match[3]:
        raise NotTakenError("higher IOPS tiers of io2")
    unit = "IOPS-month" if match[1] == "IOPS" else "MBps-month"
    factor = _ONE / _MIB_PER_GIB if row["Unit"] == "GiBps-mo" else _ONE
    name = match[2]
    included = INCLUDED.get((f"aws/{name}", unit), _NONE)
    return Product(f"aws/{name}", OfferKind.VOLUME, unit, name, f"EBS {name} volume", factor, included)


def _database(row: Row) -> Product:
    if row.get("Database Engine") != "PostgreSQL":
        raise NotTakenError("database engine other than PostgreSQL")
    if row.get("Deployment Option") not in {"Single-AZ", "Multi-AZ"}:
        raise NotTakenError(f"deployment option {row.get('Deployment Option')} is not read")
    _hourly(row)
    pair = row["Deployment Option"] == "Multi-AZ"
    size = row["Instance Type"].removeprefix("db.")
    return Product(
        offer_id=f"aws/rds-postgres-{size}{'-multi-az' if pair else ''}",
        kind=OfferKind.DATABASE,
        unit="hour",
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
    _hourly(row)
    size = row["Instance Type"].removeprefix("cache.")
    return Product(
        offer_id=f"aws/{engine.lower()}-{size}",
        kind=OfferKind.CACHE,
        unit="hour",
        own_spelling=row["Instance Type"],
        description=f"ElastiCache {engine} node",
        vcpu=_number(row, "vCPU"),
        memory_bytes=_memory(row),
    )


def _hourly(row: Row) -> None:
    if row["Unit"] not in {"Hrs", "Quantity"}:
        raise NotTakenError(f"unit {row['Unit']} is not read")


def _number(row: Row, column: str) -> Decimal | None:
    text = row.get(column, "").replace(",", "")
    return Decimal(text) if text.isdigit() else None


def _memory(row: Row) -> Decimal | None:
    number, _, unit = row.get("Memory", "").replace(",", "").partition(" ")
    return (Decimal(number) * _GIB).quantize(_ONE) if unit == "GiB" else None


_READERS: Mapping[str, Callable[[Row], Product]] = {
    "Compute Instance": _instance,
    "Storage": _volume,
    "System Operation": _provisioned,
    "Provisioned Throughput": _provisioned,
    "Database Instance": _database,
    "Cache Instance": _cache,
}
