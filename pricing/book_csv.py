"""Price books as text: one CSV table (columns: pricing.book_rows), read with every error at once, written the same way each time."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pricing.book import PriceBook
from pricing.book_rows import COLUMNS, REQUIRED, describes_offer, offer_cells, price_cells, read_offer, read_price
from pricing.conflicts import price_key
from pricing.money import plain
from pricing.offers import Offer
from pricing.price import Price

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a line of a file."""

    line: int
    text: str


class BookError(ValueError):
    """A price file that cannot be read; `problems` lists everything wrong with it."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{name}:{problem.line}: {problem.text}" for problem in problems))
        self.problems = problems


def load_book(source: Path | str) -> PriceBook:
    """Return the book of a file (a Path) or of CSV text (a str), or raise BookError with every problem and its line."""
    if isinstance(source, Path):
        return read_book(source.read_text(encoding="utf-8-sig"), str(source))
    return read_book(source, "price book")


def bundled_books(*providers: str) -> PriceBook:
    """Return the price books of the package: those of the named providers, or all; ValueError names the ones there are."""
    files = {entry.name.removesuffix(".csv"): entry for entry in resources.files("pricing").joinpath("books").iterdir()}
    unknown = sorted(set(providers) - set(files))
    if unknown:
        raise ValueError(f"no bundled price book for {', '.join(unknown)}: there are {', '.join(sorted(files))}")
    book = PriceBook()
    for name in sorted(providers or files):
        book = book.merge(read_book(files[name].read_text(encoding="utf-8"), f"books/{name}.csv"))
    return book


def read_book(text: str, name: str) -> PriceBook:
    """Return the book of CSV text; `name` stands in messages."""
    problems: list[Problem] = []
    rows: list[tuple[int, Row, Price]] = []
    lines: dict[tuple[object, ...], int] = {}
    for line, row in _rows(text, problems):
        try:
            price = read_price(row)
        except ValueError as error:
            problems.append(Problem(line, str(error)))
            continue
        earlier = lines.setdefault(price_key(price), line)
        if earlier != line:
            problems.append(Problem(line, f"{price.offer_id} per {price.unit} in {price.region} is already priced in line {earlier}"))
        rows.append((line, row, price))
    offers = tuple(_offers(rows, problems))
    if problems:
        raise BookError(name, tuple(sorted(problems, key=lambda problem: problem.line)))
    return PriceBook(offers, tuple(price for _, _, price in rows))


def write_book(book: PriceBook) -> str:
    """Return the book as CSV, sorted by offer and region; reading it back gives the same prices and offers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    said: dict[str, tuple[str, ...]] = {}
    region_said: set[tuple[str, str]] = set()
    for price in sorted(book.prices, key=_order):
        cells = offer_cells(book.offer(price.offer_id, price.region))
        here = (price.offer_id, price.region)
        silent = here in region_said or said.get(price.offer_id) == cells
        said.setdefault(price.offer_id, cells)
        region_said.add(here)
        required = (price.offer_id, price.region, price.unit, plain(price.amount), price.currency)
        writer.writerow((*required, *([""] * len(cells) if silent else cells), *price_cells(price)))
    return out.getvalue()


def _order(price: Price) -> tuple[str, ...]:
    return (price.offer_id, price.region, price.component, price.unit, price.purchase, f"{price.term_months or 0:04}", *price_cells(price))


def _rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    missing = [column for column in REQUIRED if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    if missing or unknown or len(set(header)) < len(header):
        problems.append(Problem(1, _header_text(header, missing, unknown)))
        return
    try:
        for cells in reader:
            if len(cells) == len(header):
                yield reader.line_num, dict(zip(header, cells, strict=True))
            elif cells:
                problems.append(Problem(reader.line_num, f"{len(cells)} cells where the header has {len(header)}: is the file cut off?"))
        if not text.endswith("\n"):
            problems.append(Problem(reader.line_num, "the last line has no line break: is the file cut off? If not, end it with one"))
    except csv.Error as error:
        problems.append(Problem(reader.line_num, f"{error}: is the file cut off?"))


def _header_text(header: list[str], missing: list[str], unknown: list[str]) -> str:
    if missing:
        return f"the header lacks {', '.join(missing)}: a price book has the columns {', '.join(COLUMNS)}"
    if unknown:
        return f"unknown column {', '.join(unknown)}: a price book has the columns {', '.join(COLUMNS)}"
    twice = sorted({column for column in header if header.count(column) > 1})
    return f"column {', '.join(twice)} stands there twice"


def _offers(rows: list[tuple[int, Row, Price]], problems: list[Problem]) -> Iterator[Offer]:
    """Take what describes an offer from its first row in the region, else from its first row that does so in the file."""
    anywhere: dict[str, tuple[int, Row]] = {}
    here: dict[tuple[str, str], tuple[int, Row]] = {}
    for line, row, price in rows:
        if describes_offer(row):
            anywhere.setdefault(price.offer_id, (line, row))
            here.setdefault((price.offer_id, price.region), (line, row))
    first_lines = {(price.offer_id, price.region): line for line, _, price in reversed(rows)}
    blamed: set[int] = set()
    for (offer_id, region), first_line in sorted(first_lines.items(), key=lambda item: item[1]):
        line, row = here.get((offer_id, region)) or anywhere.get(offer_id, (first_line, {}))
        try:
            yield read_offer(row, offer_id, region)
        except ValueError as error:
            if line not in blamed:
                problems.append(Problem(line, f"{offer_id}: {error}"))
            blamed.add(line)
