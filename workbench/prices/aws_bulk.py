"""Price book from AWS Price List bulk CSV files, read row by row: EC2, EBS, RDS for PostgreSQL, ElastiCache."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.money import parse_decimal
from pricing.offers import Offer
from pricing.price import Price, Purchase
from workbench.prices.aws_products import NotTakenError, Product, find_product
from workbench.prices.imported import Imported, PriceFileError, collect_book, most_frequent

Row = Mapping[str, str]
NEEDED = ("SKU", "TermType", "PriceDescription", "Unit", "PricePerUnit", "Currency", "Product Family", "Region Code")
TERM_MONTHS = {"1yr": 12, "3yr": 36}
PAYMENTS = {"No Upfront": "monthly", "Partial Upfront": "partial_upfront", "All Upfront": "all_upfront"}
_PREAMBLE_LINES = 12
"""The header follows at most five lines of preamble and perhaps a "sep=," that a spreadsheet put there."""
_Key = tuple[str, str, int, str]


@dataclass(slots=True)
class _Reservation:
    """The one or two rows of a reservation: an upfront fee, an hourly price, or both."""

    price: Price
    upfront: Decimal | None = None
    hourly: Decimal | None = None


@dataclass(slots=True)
class _Reader:
    """Gathers offers, prices and halves of reservations while rows pass by."""

    known: Mapping[str, Offer]
    published: date | None
    source: str
    offers: dict[tuple[str, str], Offer] = field(default_factory=dict)
    prices: list[Price] = field(default_factory=list)
    reservations: dict[_Key, _Reservation] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        product = find_product(row)
        if row["TermType"] == "OnDemand":
            self.prices.append(self._price(row, product))
        elif row["TermType"] == "Reserved":
            self._take_reserved(row, product)
        else:
            raise NotTakenError(f"term type {row['TermType']} is not read")
        self._sell(product, row["Region Code"])

    def _take_reserved(self, row: Row, product: Product) -> None:
        if row.get("OfferingClass") != "standard":
            raise NotTakenError("convertible reservations are not read")
        term, payment = TERM_MONTHS.get(row.get("LeaseContractLength", "")), PAYMENTS.get(row.get("PurchaseOption", ""))
        if term is None or payment is None:
            raise NotTakenError("reservation without a known term and payment")
        base = self._price(row, product)
        key = (base.offer_id, base.region, term, payment)
        committed = replace(base, purchase=Purchase.COMMITTED, term_months=term, payment=payment, unit="hour")
        half = self.reservations.setdefault(key, _Reservation(committed))
        if row["Unit"] == "Quantity":
            half.upfront = base.amount
        else:
            half.hourly = base.amount

    def _price(self, row: Row, product: Product) -> Price:
        listed = parse_decimal("PricePerUnit", row["PricePerUnit"])
        start = row.get("StartingRange", "")
        return Price(
            offer_id=product.offer_id,
            region=row["Region Code"],
            unit=product.unit,
            amount=listed * product.factor,
            currency=row["Currency"],
            as_of=self.published,
            source=self.source,
            tier_from=parse_decimal("StartingRange", start) if start else Decimal(0),
            included=product.included,
            original=f"{listed} per {row['Unit']}",
        )

    def _sell(self, product: Product, region: str) -> None:
        known = self.known.get(product.offer_id)
        offer = replace(known, region=region) if known else product.offer(region)
        self.offers.setdefault((offer.id, region), offer)

    def finish(self, warnings: list[str]) -> None:
        """Join the halves; a reservation with an upfront fee must have said it."""
        for (offer_id, region, term, payment), half in self.reservations.items():
            if payment != "monthly" and half.upfront is None:
                warnings.append(f"{offer_id} in {region}: {payment} reservation of {term} months without its upfront fee is left out")
                continue
            self.prices.append(replace(half.price, amount=half.hourly or Decimal(0), upfront=half.upfront or Decimal(0)))


def read_aws_bulk(path: Path, source: str, known: PriceBook) -> Imported:
    """Return the book of a bulk CSV file, or raise PriceFileError naming the line.

    Columns are found by name. Only Linux on shared machines without extra software counts, each once; limits come from `known`.
    """
    left_out, warnings, rows = Counter[str](), list[str](), 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = csv.reader(file, strict=True)
        header, published = _header(cells, source)
        reader = _Reader({offer.id: offer for offer in known.offers}, published, source)
        for line, row in _rows(cells, header, source):
            rows += 1
            try:
                reader.take(row)
            except NotTakenError as reason:
                left_out[str(reason)] += 1
            except ValueError as error:
                raise PriceFileError(f"{source}:{line}: {error}") from None
    reader.finish(warnings)
    book = collect_book(reader.offers.values(), reader.prices)
    return Imported(book, "aws-bulk", rows, most_frequent(left_out), tuple(warnings))


def _header(cells: Iterator[list[str]], source: str) -> tuple[list[str], date | None]:
    published = None
    for _, row in zip(range(_PREAMBLE_LINES), cells, strict=False):
        if row and row[0] == "Publication Date":
            published = date.fromisoformat(row[1][:10])
        if "SKU" in row:
            missing = [column for column in NEEDED if column not in row]
            if missing:
                raise PriceFileError(f"{source}: the header lacks {', '.join(missing)}: this is not an AWS bulk price file")
            return row, published
    raise PriceFileError(f"{source}: no header with SKU: this is not an AWS bulk price file")


def _rows(cells: Iterator[list[str]], header: list[str], source: str) -> Iterator[tuple[int, Row]]:
    line = 0
    try:
        for line, row in enumerate(cells, start=1):
            if len(row) != len(header):
                raise PriceFileError(f"{source}: row {line} has {len(row)} cells where the header has {len(header)}: is the file cut off?")
            yield line, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise PriceFileError(f"{source}: row {line + 1}: {error}: is the file cut off?") from None
