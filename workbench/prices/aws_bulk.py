"""Price book from AWS Price List bulk CSV files, read row by row: EC2, EBS, S3, RDS for PostgreSQL, ElastiCache, data transfer."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pricing.book import PriceBook
from workbench.prices.aws_products import find_product
from workbench.prices.aws_rows import AwsRows, known_offers
from workbench.prices.csv_rows import whole_rows
from workbench.prices.imported import Imported, PriceFileError, collect_book, most_frequent, take_each

NEEDED = ("SKU", "TermType", "PriceDescription", "Unit", "PricePerUnit", "Currency", "Product Family", "Region Code")
_PREAMBLE_LINES = 12
"""The header follows at most five lines of preamble and perhaps a "sep=," that a spreadsheet put there."""


def read_aws_bulk(path: Path, source: str, known: PriceBook) -> Imported:
    """Return the book of a bulk CSV file, or raise PriceFileError naming the line.

    Columns are found by name. Only Linux on shared machines without extra software counts, each once; limits come from `known`.
    """
    left_out = Counter[str]()
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = csv.reader(file, strict=True)
        header, published = _header(cells, source)
        reader = AwsRows(known_offers(known), published, source)
        rows = take_each(whole_rows(cells, header, source), lambda row: reader.take(row, find_product(row)), left_out)
    warnings = reader.finish()
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
