"""What Azure's meters are: product and meter names of the Retail Prices API to normalised offers and units."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.money import HOURS_PER_MONTH
from pricing.offers import OfferKind

_DISK = re.compile(r"([PE])(\d+) (LRS|ZRS) Disk$")
_DISK_PRODUCTS = {"Premium SSD Managed Disks": "premium-ssd", "Standard SSD Managed Disks": "standard-ssd"}
_SNAPSHOTS = {
    "Premium SSD Managed Disks": "azure/snapshot-premium",
    "Standard HDD Managed Disks": "azure/snapshot-standard",
    "Standard SSD Managed Disks": "azure/snapshot-standard-ssd",
}
_PROVISIONED = {"Azure Premium SSD v2": "azure/premium-ssd-v2", "Ultra Disks": "azure/ultra-disk"}
_BLOB = re.compile(r"(Hot|Cool|Cold|Archive) (LRS|ZRS) Data Stored$")

INCLUDED: Mapping[tuple[str, str], Decimal] = {
    ("azure/premium-ssd-v2", "IOPS-month"): Decimal(3000),
    ("azure/premium-ssd-v2", "MBps-month"): Decimal(125),
}
"""What each volume brings without charge (Microsoft, Azure managed disk types, 2026-08-11); the API does not say it."""

MONTHLY_FACTORS: Mapping[str, Decimal] = {
    "1/Hour": HOURS_PER_MONTH,
    "1 GiB/Hour": HOURS_PER_MONTH,
    "1 GB/Hour": HOURS_PER_MONTH,
    "1/Month": Decimal(1),
    "1 GB/Month": Decimal(1),
    "1 GiB/Month": Decimal(1),
}
"""From the API's unitOfMeasure to a month; storage is metered in binary gigabytes under either name."""


@dataclass(frozen=True, slots=True)
class Meter:
    """What a storage meter charges for."""

    offer_id: str
    kind: OfferKind
    unit: str


def storage_meter(product: str, meter: str) -> Meter | None:
    """Return what a storage meter is, or None for one that is not used here."""
    if product in _PROVISIONED:
        return _provisioned_meter(_PROVISIONED[product], meter)
    if product in _SNAPSHOTS and meter in {"LRS Snapshots", "Snapshots LRS Snapshots"}:
        return Meter(_SNAPSHOTS[product], OfferKind.SNAPSHOT, "GiB-month")
    disk = _DISK.match(meter)
    if disk and product in _DISK_PRODUCTS:
        size, redundancy = f"{disk[1]}{disk[2]}".lower(), disk[3].lower()
        return Meter(f"azure/{_DISK_PRODUCTS[product]}-{size}-{redundancy}", OfferKind.VOLUME, "month")
    blob = _BLOB.match(meter)
    if blob and product == "General Block Blob v2":
        suffix = "" if blob[2] == "LRS" else "-zrs"
        return Meter(f"azure/blob-{blob[1].lower()}{suffix}", OfferKind.OBJECT_STORAGE, "GiB-month")
    return None


def _provisioned_meter(offer_id: str, meter: str) -> Meter | None:
    if "Snapshots" in meter or "vCPU" in meter:
        return None
    if meter.startswith("Confidential"):
        offer_id = f"{offer_id}-confidential"
    for word, unit in (("IOPS", "IOPS-month"), ("Throughput", "MBps-month"), ("Capacity", "GiB-month")):
        if f"Provisioned {word}" in meter:
            return Meter(offer_id, OfferKind.VOLUME, unit)
    return None
