"""Generated AWS price lists in the shape of a region's EC2 file: many products, of which one in 48 is Linux, shared, used, bare."""

import csv
import json
from collections.abc import Iterator
from itertools import count, product
from pathlib import Path
from typing import TextIO

FAMILIES = ("m6i", "r6i", "c6i", "m7i", "r7i", "c7i", "m7g", "r7g", "m6a", "t3")
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge", "metal")
SYSTEMS = ("Linux", "Windows", "RHEL", "SUSE")
TENANCIES = ("Shared", "Dedicated", "Host")
SOFTWARE = ("NA", "SQL Std")
CAPACITY = ("Used", "UnusedCapacityReservation")
LEASES = tuple(product(("1yr", "3yr"), ("No Upfront", "Partial Upfront", "All Upfront"), ("standard", "convertible")))
NAMES = {
    "instanceType": "Instance Type",
    "operatingSystem": "Operating System",
    "tenancy": "Tenancy",
    "preInstalledSw": "Pre Installed S/W",
    "capacitystatus": "CapacityStatus",
    "vcpu": "vCPU",
    "memory": "Memory",
    "operation": "operation",
    "regionCode": "Region Code",
    "locationType": "Location Type",
    "usagetype": "usageType",
}
FILLING = {f"attribute{number}": f"value of attribute {number}" for number in range(24)}
"""Columns that are never read; real files have some sixty of them."""


def write_csv(path: Path, size_bytes: int) -> None:
    """Write a bulk CSV of about so many bytes."""
    prices = ("Unit", "PricePerUnit", "Currency", "StartingRange", "LeaseContractLength", "PurchaseOption", "OfferingClass")
    head = ("SKU", "TermType", "PriceDescription", "EffectiveDate", *prices, "Product Family", *NAMES.values(), *FILLING)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write('"FormatVersion","v1.0"\n"Disclaimer","generated"\n"Publication Date","2026-09-01T00:00:00Z"\n')
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(head)
        for number in count():
            sold = {NAMES[key]: text for key, text in attributes(number).items()}
            for term, unit, price, lease in terms():
                listed = (sku(number), term, f"${price} per {unit}", "2026-08-01", unit, price, "USD", "0", *(lease or ("", "", "")))
                writer.writerow((*listed, "Compute Instance", *(sold[name] for name in NAMES.values()), *FILLING.values()))
            if file.tell() >= size_bytes:
                return


def write_json(path: Path, size_bytes: int) -> None:
    """Write a price list in JSON of about so many bytes, indented as the provider does: products first, then their terms."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n  "formatVersion": "v1.0",\n  "publicationDate": "2026-09-01T00:00:00Z",\n  "products": {\n')
        products = _members(file, ((sku(n), _product(n)) for n in count()), size_bytes // 6)
        file.write('\n  },\n  "terms": {\n    "OnDemand": {\n')
        _members(file, ((sku(n), _offers(n, reserved=False)) for n in range(products)), size_bytes)
        file.write('\n    },\n    "Reserved": {\n')
        _members(file, ((sku(n), _offers(n, reserved=True)) for n in range(products)), size_bytes)
        file.write("\n    }\n  }\n}\n")


def attributes(number: int) -> dict[str, str]:
    """Return what product `number` is; all combinations come round before sizes change."""
    kinds = tuple(product(SYSTEMS, TENANCIES, SOFTWARE, CAPACITY))
    system, tenancy, software, capacity = kinds[number % len(kinds)]
    machines = tuple(product(FAMILIES, SIZES))
    family, size = machines[number // len(kinds) % len(machines)]
    values = (f"{family}.{size}", system, tenancy, software, capacity, "4", "16 GiB", "RunInstances", "eu-central-1", "AWS Region",
              f"EUC1-BoxUsage:{family}.{size}")  # fmt: skip
    return dict(zip(NAMES, values, strict=True))


def terms() -> Iterator[tuple[str, str, str, tuple[str, str, str] | None]]:
    """Return each price of a product: term type, unit, price, lease."""
    yield "OnDemand", "Hrs", "0.2140000000", None
    for lease in LEASES:
        if lease[1] != "All Upfront":
            yield "Reserved", "Hrs", "0.0500000000", lease
        if lease[1] != "No Upfront":
            yield "Reserved", "Quantity", "438", lease


def sku(number: int) -> str:
    """Return the number of a product as the provider would write it."""
    return f"{number:016X}"


def _product(number: int) -> dict[str, object]:
    return {"sku": sku(number), "productFamily": "Compute Instance", "attributes": {**attributes(number), **FILLING}}


def _offers(number: int, *, reserved: bool) -> dict[str, object]:
    offers: dict[str, object] = {}
    dimensions: dict[str, dict[str, object]] = {}
    for term, unit, price, lease in terms():
        if (term == "Reserved") is not reserved:
            continue
        code = f"{sku(number)}.{'.'.join(lease or ('day',))}".replace(" ", "")
        said = dict(zip(("LeaseContractLength", "PurchaseOption", "OfferingClass"), lease or (), strict=False))
        priced = dimensions.setdefault(code, {})
        priced[f"{code}.{unit}"] = {"unit": unit, "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": price}, "appliesTo": []}
        offers[code] = {"effectiveDate": "2026-08-01T00:00:00Z", "priceDimensions": priced, "termAttributes": said}
    return offers


def _members(file: TextIO, members: Iterator[tuple[str, dict[str, object]]], until: int) -> int:
    written = 0
    for key, value in members:
        if file.tell() >= until and written:
            break
        text = json.dumps(value, indent=2).replace("\n", "\n    ")
        file.write(("" if written == 0 else ",\n") + f'    "{key}": {text}')
        written += 1
    return written
