"""Price book from a pricing.yml in the layout of Cyclenerd's cost calculator for Google Cloud, streamed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.money import HOURS_PER_MONTH, parse_decimal
from pricing.offers import Offer, OfferKind
from pricing.price import Price, Purchase
from workbench.prices.imported import Imported, NotTakenError, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.yaml_stream import Leaf, yaml_leaves

CURRENCY = "USD"
"""The layout states none; its generator asks Google's catalogue for US dollars."""
SECTIONS = ("about", "compute", "storage")
"""What a whole file has; the last comes at its end, so that a file cut off lacks it."""
_TERMS = {"month_1y": 12, "month_3y": 36}
_SPOT = frozenset({"hour_spot", "month_spot"})
_BUCKETS = {"archiv": "archive"}
_NETWORK: Mapping[tuple[str, ...], tuple[str, OfferKind, Mapping[str, str]]] = {
    ("ip", "unused"): ("gcp/ip-unused", OfferKind.OTHER, {"hour": "hour"}),
    ("ip", "vm"): ("gcp/ip-vm", OfferKind.OTHER, {"hour": "hour"}),
    ("vpn", "tunnel"): ("gcp/vpn-tunnel", OfferKind.OTHER, {"hour": "hour"}),
    ("nat", "gateway"): ("gcp/nat-gateway", OfferKind.OTHER, {"hour": "hour"}),
    ("nat", "data"): ("gcp/nat-data", OfferKind.OTHER, {"month": "GB"}),
}
"""Network prices with the offer and the unit of each key; a gigabyte of NAT is listed by the month but charged once."""
_EGRESS = ("traffic", "egress", "internet")
_TIER = re.compile(r"(?P<start>\d+)(?:-\d+|n)")
_GIB_PER_TIB = Decimal(1024)
_GIB = Decimal(2**30)
_UNKNOWN_DISK: Mapping[str, Decimal | None] = dict.fromkeys(("storage", "postgres_iops", "postgres_throughput"))


@dataclass(slots=True)
class _Reader:
    """Gathers prices while leaves pass by; an instance's vCPUs and memory may stand after its prices."""

    known: Mapping[str, Offer]
    as_of: date | None
    source: str
    offers: dict[tuple[str, str], Offer] = field(default_factory=dict)
    prices: list[Price] = field(default_factory=list)
    shapes: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    sections: set[str] = field(default_factory=set)
    hours: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    """What the hours of a month cost on demand, by machine and region."""

    def take(self, leaf: Leaf) -> None:
        path = leaf.path
        self.sections.add(path[0])
        if path == ("about", "timestamp"):
            self.as_of = datetime.fromtimestamp(int(parse_decimal("timestamp", leaf.text)), UTC).date()
        elif path[:2] == ("compute", "instance") and len(path) > 3:
            self._take_instance(path[2], path[3:], leaf)
        elif path[:2] == ("compute", "storage") and path[3:4] == ("cost",):
            self._take_stored(_disk(path[2]), path[4:], leaf)
        elif path[:2] == ("storage", "bucket") and path[3:4] == ("cost",):
            self._take_stored((f"gcp/gcs-{_bucket(path[2])}", OfferKind.OBJECT_STORAGE, "GiB-month"), path[4:], leaf)
        elif path[:2] == ("storage", "retrieval") and path[3:4] == ("cost",):
            self._take_stored((f"gcp/retrieval-{path[2]}", OfferKind.OTHER, "GiB"), path[4:], leaf)
        elif path[:2] == ("compute", "network"):
            self._take_network(path[2:], leaf)
        elif path[0] not in {"about", "region", "dual-region", "multi-region"}:
            raise NotTakenError(f"{' '.join(path[:2])} is not used here")

    def _take_instance(self, name: str, rest: tuple[str, ...], leaf: Leaf) -> None:
        if rest[0] in {"cpu", "ram"}:
            self.shapes.setdefault(name, {})[rest[0]] = parse_decimal(rest[0], leaf.text)
            return
        if rest[0] != "cost" or len(rest) != 3:
            raise NotTakenError("accelerators and remarks of instances")
        region, key = rest[1:]
        if key in _SPOT:
            raise NotTakenError("spot can be taken away")
        base = self._price(f"gcp/{name}", region, "hour" if key == "hour" else "month", leaf, key)
        if key in _TERMS:
            base = replace(base, purchase=Purchase.COMMITTED, term_months=_TERMS[key], payment="monthly")
        elif key == "hour":
            self.hours[base.offer_id, region] = base.amount * HOURS_PER_MONTH
        self._add(OfferKind.MACHINE, base)

    def _take_stored(self, sold: tuple[str, OfferKind, str], rest: tuple[str, ...], leaf: Leaf) -> None:
        if len(rest) != 2 or rest[1] != "month":
            raise NotTakenError("storage by another unit than the month")
        name, kind, unit = sold
        self._add(kind, self._price(name, rest[0], unit, leaf, "GiB and month" if unit == "GiB-month" else "GiB"))

    def _take_network(self, rest: tuple[str, ...], leaf: Leaf) -> None:
        if rest[:3] == _EGRESS and rest[3:4] == ("cost",) and len(rest) == 7:
            start = _TIER.fullmatch(rest[4])
            if start is None or rest[6] != "month":
                raise NotTakenError("egress tier that is not read")
            price = self._price("gcp/egress", rest[5], "GiB", leaf, f"GiB, tier {rest[4]} TiB")
            self._add(OfferKind.EGRESS, replace(price, tier_from=Decimal(start["start"]) * _GIB_PER_TIB))
            return
        sold = _NETWORK.get(rest[:2])
        if sold is None or rest[2:3] != ("cost",) or len(rest) != 5 or rest[4] not in sold[2]:
            raise NotTakenError("network prices that are not used here")
        name, kind, units = sold
        self._add(kind, self._price(name, rest[3], units[rest[4]], leaf, rest[4]))

    def _price(self, name: str, region: str, unit: str, leaf: Leaf, listed: str) -> Price:
        amount = parse_decimal(leaf.path[-1], leaf.text)
        return Price(name, region, unit, amount, CURRENCY, source=self.source, original=f"{amount} per {listed}")

    def _add(self, kind: OfferKind, price: Price) -> None:
        known = self.known.get(price.offer_id)
        limits = _UNKNOWN_DISK if kind is OfferKind.VOLUME else {}
        offer = replace(known, region=price.region) if known else Offer(price.offer_id, "gcp", price.region, kind, limits=limits)
        self.offers.setdefault((offer.id, offer.region), offer)
        self.prices.append(price)

    def dated(self) -> Iterator[Price]:
        """Return the prices with the file's day, without monthly ones that say no more than the hourly ones."""
        for price in self.prices:
            full = self.hours.get((price.offer_id, price.region))
            if price.unit != "month" or price.purchase is Purchase.COMMITTED or full is None or price.amount < full:
                yield replace(price, as_of=self.as_of)

    def sold(self) -> Iterator[Offer]:
        """Return the offers; machines that nobody knew have the vCPUs and the memory that the file states."""
        for offer in self.offers.values():
            shape = self.shapes.get(offer.id.removeprefix("gcp/"), {})
            if offer.kind is not OfferKind.MACHINE or offer.id in self.known or not shape:
                yield offer
                continue
            cpu, memory = shape.get("cpu"), shape.get("ram")
            size = memory and (memory * _GIB).quantize(Decimal(1))
            limits = {"cpu": cpu, "database_cpu": cpu, "memory": size, "database_memory": size}
            attributes = {"vcpu": str(cpu)} if cpu else {}
            yield replace(offer, limits={**limits, "postgres_iops": None, "postgres_throughput": None}, attributes=attributes)


def read_gcp_pricing_yml(path: Path, source: str, as_of: date | None, known: PriceBook) -> Imported:
    """Return the book of a pricing.yml, or raise PriceFileError naming the line; the day is the file's own, else `as_of`.

    A month is 730 h. A monthly price below that of its hours (sustained use) is kept beside the hourly one, of which the cheaper is due.
    """
    left_out = Counter[str]()
    reader = _Reader({offer.id: offer for offer in known.offers}, as_of, source)
    rows = take_each(((f"{source}:{leaf.line}", leaf) for leaf in yaml_leaves(path, source)), reader.take, left_out)
    lacking = [section for section in SECTIONS if section not in reader.sections]
    if lacking:
        raise PriceFileError(
            f"{source}: the file ends without {', '.join(lacking)}: is it cut off? Download it again; nothing was taken from it"
        )
    prices = list(reader.dated())
    left_out["month of 730 h that the hour already says"] += len(reader.prices) - len(prices)
    book = collect_book(reader.sold(), prices)
    return Imported(book, "gcp-pricing-yml", rows, most_frequent(+left_out))


def _disk(name: str) -> tuple[str, OfferKind, str]:
    if name == "snapshot":
        return "gcp/pd-snapshot", OfferKind.SNAPSHOT, "GiB-month"
    return f"gcp/{name if name.startswith('hyperdisk') else f'pd-{name}'}", OfferKind.VOLUME, "GiB-month"


def _bucket(name: str) -> str:
    storage, dash, reach = name.partition("-")
    return f"{_BUCKETS.get(storage, storage)}{dash}{reach}"
