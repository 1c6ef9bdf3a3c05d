"""Price book from the answer of Hetzner Cloud's API to /v1/pricing, saved as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.money import check_currency
from pricing.offers import ANYWHERE, Offer, OfferKind
from pricing.price import Price
from workbench.prices.imported import Imported, NotTakenError, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.json_stream import Item, JsonFile, as_item, as_list, decimal_of, text_of

_GB_PER_TB, _BYTES_PER_GB = Decimal(1000), Decimal(10**9)
_PER_GIB = {"volume": OfferKind.VOLUME, "image": OfferKind.SNAPSHOT}
_PER_GIB_NAMES = {"volume": "hetzner/volume", "image": "hetzner/snapshot"}
_TYPES = {"server_types": OfferKind.MACHINE, "load_balancer_types": OfferKind.LOAD_BALANCER}
_ADDRESSES = {"primary_ips": "hetzner/primary-ip", "floating_ips": "hetzner/floating-ip"}
_UNKNOWN: Mapping[OfferKind, tuple[str, ...]] = {
    OfferKind.MACHINE: ("cpu", "database_cpu", "memory", "database_memory", "postgres_iops", "postgres_throughput"),
    OfferKind.LOAD_BALANCER: ("ingress",),
    OfferKind.VOLUME: ("storage", "postgres_iops", "postgres_throughput"),
}


@dataclass(slots=True)
class _Reader:
    """Gathers offers and prices, net of tax; backups are a share of the server's month."""

    known: Mapping[str, Offer]
    currency: str
    as_of: date | None
    source: str
    backup_share: Decimal | None
    offers: list[Offer] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)

    def take(self, entry: tuple[str, Item]) -> None:
        section, item = entry
        if section in _TYPES:
            self._take_type(item, _TYPES[section])
        elif section in _ADDRESSES:
            self._take_places(f"{_ADDRESSES[section]}-{text_of(item, 'type')}", OfferKind.OTHER, item)
        elif section in _PER_GIB:
            amount = _net(item, "price_per_gb_month")
            self._add(_PER_GIB[section], self._price(_PER_GIB_NAMES[section], ANYWHERE, "GiB-month", amount, "GB and month"))
        elif section != "server_backup":
            raise NotTakenError(f"{section} is not read")

    def _take_type(self, item: Item, kind: OfferKind) -> None:
        name = text_of(item, "name")
        if not name:
            raise ValueError("a type has no name: save the whole answer of /v1/pricing")
        self._take_places(f"hetzner/{name}", kind, item)

    def _take_places(self, offer_id: str, kind: OfferKind, item: Item) -> None:
        for value in as_list(item.get("prices"), f"prices of {offer_id}"):
            place = as_item(value, f"price of {offer_id}")
            where = text_of(place, "location")
            if not where:
                raise ValueError(f"{offer_id} has a price without a location: save the whole answer of /v1/pricing")
            for price in self._at_place(offer_id, where, place):
                self._add(kind, price)
            if kind is OfferKind.MACHINE and self.backup_share is not None:
                self._add(OfferKind.OTHER, self._backup(offer_id, where, _net(place, "price_monthly")))

    def _at_place(self, offer_id: str, where: str, place: Item) -> Iterator[Price]:
        if "price_hourly" in place:
            yield self._price(offer_id, where, "hour", _net(place, "price_hourly"), "hour")
        yield self._price(offer_id, where, "month", _net(place, "price_monthly"), "month (cap)")
        if "price_per_tb_traffic" in place:
            listed = _net(place, "price_per_tb_traffic")
            included = decimal_of(place, "included_traffic") / _BYTES_PER_GB if place.get("included_traffic") else Decimal(0)
            yield replace(self._price(offer_id, where, "GB", listed / _GB_PER_TB, ""), included=included, original=f"{listed} per TB")

    def _backup(self, offer_id: str, where: str, month: Decimal) -> Price:
        share = self.backup_share or Decimal(0)
        price = self._price(f"{offer_id}-backup", where, "month", month * share / 100, "")
        return replace(price, original=f"{share} % of {month} per month")

    def _price(self, offer_id: str, where: str, unit: str, amount: Decimal, listed: str) -> Price:
        original = f"{amount} net per {listed}"
        return Price(offer_id, where, unit, amount, self.currency, as_of=self.as_of, source=self.source, original=original)

    def _add(self, kind: OfferKind, price: Price) -> None:
        known = self.known.get(price.offer_id)
        if known:
            self.offers.append(replace(known, region=price.region))
        else:
            limits = dict.fromkeys(_UNKNOWN.get(kind, ()))
            said = "not in the price list" if limits else ""
            off = {"billed_when_off": "yes"} if kind is OfferKind.MACHINE else {}
            name = price.offer_id.partition("/")[2]
            self.offers.append(Offer(price.offer_id, "hetzner", price.region, kind, "", name, limits, said, off))
        self.prices.append(price)


def read_hetzner_api(path: Path, source: str, as_of: date | None, known: PriceBook) -> Imported:
    """Return the book of a saved answer, or raise PriceFileError.

    An hourly price and the monthly one that caps it are both kept, of which the cheaper is due. The answer has no day: `as_of` is that of
    the download, None stays undated. It lists what new orders pay; what runs already may cost something else.
    """
    file, left_out = JsonFile(path, source), Counter[str]()
    try:
        pricing = as_item(file.one("pricing") or {}, "pricing")
        currency = check_currency(text_of(pricing, "currency"))
        backup = as_item(pricing.get("server_backup") or {}, "server_backup")
        share = decimal_of(backup, "percentage") if backup else None
    except PriceFileError:
        raise
    except ValueError as error:
        raise PriceFileError(f"{source}: {error}: save the whole answer of /v1/pricing") from None
    reader = _Reader({offer.id: offer for offer in known.offers}, currency, as_of, source, share)
    rows = take_each(_entries(pricing, source), reader.take, left_out)
    book = collect_book(reader.offers, reader.prices)
    return Imported(book, "hetzner-api", rows, most_frequent(left_out))


def _entries(pricing: Item, source: str) -> Iterator[tuple[str, tuple[str, Item]]]:
    for section, value in pricing.items():
        for number, entry in enumerate(value if isinstance(value, list) else [value], start=1):
            if isinstance(entry, dict):
                yield f"{source}: {section} {number}", (section, entry)


def _net(item: Item, key: str) -> Decimal:
    """Prices are texts, once net and once gross; only net ones are compared here."""
    return decimal_of(as_item(item.get(key), key), "net")
