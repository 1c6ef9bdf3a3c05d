"""Price books from OpenCost's custom prices: the JSON of default prices, and the CSV of single nodes and volumes."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.money import HOURS_PER_MONTH, parse_decimal
from pricing.offers import ANYWHERE, Offer, OfferKind
from pricing.price import Price
from workbench.prices.csv_rows import whole_rows
from workbench.prices.imported import Imported, NotTakenError, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.json_stream import JsonFile, as_item, text_of

CURRENCY = "USD"
"""What OpenCost counts in unless CURRENCY_CODE says another (OpenCost documentation, 2025); its price files state none."""
NODE_COLUMNS = ("EndTimestamp", "InstanceID", "Region", "AssetClass", "InstanceType", "MarketPriceHourly")
_ONE = Decimal(1)
_UNKNOWN_MACHINE = ("cpu", "database_cpu", "memory", "database_memory", "postgres_iops", "postgres_throughput")
_UNKNOWN_VOLUME = ("storage", "postgres_iops", "postgres_throughput")


@dataclass(frozen=True, slots=True)
class _Key:
    """What a key of the default prices is the price of."""

    offer_id: str
    kind: OfferKind
    description: str
    unit: str
    listed: str
    factor: Decimal = _ONE
    limits: Mapping[str, Decimal | None] = field(default_factory=dict)


_KEYS: Mapping[str, _Key] = {
    "CPU": _Key("opencost/cpu", OfferKind.OTHER, "one vCPU of a cluster", "hour", "vCPU and hour", limits={"cpu": _ONE}),
    "RAM": _Key("opencost/memory", OfferKind.OTHER, "memory of a cluster", "GiB-month", "GiB and hour", HOURS_PER_MONTH),
    "storage": _Key(
        *("opencost/storage", OfferKind.VOLUME, "volumes of a cluster", "GiB-month", "GiB and hour", HOURS_PER_MONTH),
        limits=dict.fromkeys(_UNKNOWN_VOLUME),
    ),
    "zoneNetworkEgress": _Key("opencost/zone-transfer", OfferKind.ZONE_TRANSFER, "between zones", "GiB", "GiB"),
    "regionNetworkEgress": _Key("opencost/region-transfer", OfferKind.OTHER, "to other regions", "GiB", "GiB"),
    "internetNetworkEgress": _Key("opencost/egress", OfferKind.EGRESS, "to the internet", "GiB", "GiB"),
}
_SPOT = frozenset({"spotCPU", "spotRAM"})


def read_opencost_json(path: Path, source: str, as_of: date | None) -> Imported:
    """Return the book of OpenCost's default prices, flat JSON of texts per vCPU-hour, GiB-hour and GiB; or raise PriceFileError.

    A cluster is priced by what it has of each, so the offers are one vCPU and a GiB, not machines. The file has no day: `as_of` is that
    of the download, None stays undated.
    """
    file, left_out, prices, offers = JsonFile(path, source), Counter[str](), list[Price](), list[Offer]()
    try:
        item = as_item(file.one(""), "the file")
    except PriceFileError:
        raise
    except ValueError as error:
        raise PriceFileError(f"{source}: {error}") from None
    currency = text_of(item, "currencyCode") or CURRENCY

    def take(entry: tuple[str, object]) -> None:
        name, value = entry
        key = _KEYS.get(name)
        if key is None:
            raise NotTakenError("spot can be taken away" if name in _SPOT else f"{name} is not read")
        if not isinstance(value, str):
            raise ValueError(f'{name} is {value!r}: write it as a text, such as "0.031611"')  # noqa: TRY004
        listed = parse_decimal(name, value)
        offers.append(Offer(key.offer_id, "opencost", ANYWHERE, key.kind, key.description, name, key.limits, "by definition"))
        base = Price(key.offer_id, ANYWHERE, key.unit, listed * key.factor, currency, as_of=as_of, source=source)
        prices.append(replace(base, original=f"{listed} per {key.listed}"))

    rows = take_each(((f"{source}, {name}", (name, value)) for name, value in item.items()), take, left_out)
    warnings = () if text_of(item, "currencyCode") else (_assumed(source),)
    return Imported(collect_book(offers, prices), "opencost-json", rows, most_frequent(left_out), warnings)


@dataclass(slots=True)
class _Nodes:
    """Gathers nodes and volumes while rows pass by."""

    known: Mapping[str, Offer]
    as_of: date | None
    source: str
    offers: list[Offer] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)

    def take(self, row: Mapping[str, str]) -> None:
        asset, name = row["AssetClass"].strip(), row["InstanceType"].strip() or row["InstanceID"].strip()
        if asset not in {"node", "pv"}:
            raise NotTakenError(f"asset class {asset or 'none'} is not read")
        if not name:
            raise ValueError("neither InstanceType nor InstanceID: write one of them")
        listed = parse_decimal("MarketPriceHourly", row["MarketPriceHourly"])
        node = asset == "node"
        kind, unknown = (OfferKind.MACHINE, _UNKNOWN_MACHINE) if node else (OfferKind.VOLUME, _UNKNOWN_VOLUME)
        region, offer_id = row["Region"].strip() or ANYWHERE, f"opencost/{name}"
        base = Price(offer_id, region, "hour" if node else "GiB-month", listed * (_ONE if node else HOURS_PER_MONTH), CURRENCY)
        original = f"{listed} per {'hour' if node else 'GiB and hour'}"
        self.prices.append(replace(base, as_of=_day(row["EndTimestamp"]) or self.as_of, source=self.source, original=original))
        fresh = Offer(offer_id, "opencost", region, kind, "", name, dict.fromkeys(unknown), "not in the price list")
        known = self.known.get(offer_id)
        self.offers.append(replace(known, region=region) if known else fresh)


def read_opencost_csv(path: Path, source: str, as_of: date | None, known: PriceBook) -> Imported:
    """Return the book of OpenCost's CSV of nodes (per hour) and volumes (per GiB-hour), or raise PriceFileError naming the line.

    A row without a region holds everywhere, one without a time has the day `as_of`, else none.
    """
    left_out, reader = Counter[str](), _Nodes({offer.id: offer for offer in known.offers}, as_of, source)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = csv.reader(file, strict=True)
        header = [cell.strip() for cell in next(cells, [])]
        missing = [column for column in NODE_COLUMNS if column not in header]
        if missing:
            raise PriceFileError(f"{source}:1: the header lacks {', '.join(missing)}: this is not an OpenCost price file")
        rows = take_each(whole_rows(cells, header, source), reader.take, left_out)
    book = collect_book(reader.offers, reader.prices)
    return Imported(book, "opencost-csv", rows, most_frequent(left_out), (_assumed(source),))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10]) if text.strip() else None
    except ValueError:
        raise ValueError(f"EndTimestamp is {text!r}: write a time such as 2026-09-01T00:00:00Z, or leave it empty") from None


def _assumed(source: str) -> str:
    return f"{source} states no currency: {CURRENCY} is taken, which OpenCost counts in unless told otherwise"
