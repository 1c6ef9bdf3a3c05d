"""Rows of a provider's CSV by the names of its columns, each with its line; a row that is not whole is an error."""

import csv
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from workbench.prices.imported import PriceFileError

if TYPE_CHECKING:
    from _csv import Reader

Row = Mapping[str, str]


def whole_rows(cells: "Reader", header: list[str], source: str) -> Iterator[tuple[str, Row]]:
    """Return the rows after the header with their places, or raise PriceFileError where one has too few cells or open quotes."""
    try:
        for row in cells:
            if len(row) != len(header):
                raise PriceFileError(_cut(cells, source, f"{len(row)} cells where the header has {len(header)}"))
            yield f"{source}:{cells.line_num}", dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise PriceFileError(_cut(cells, source, str(error))) from None


def _cut(cells: "Reader", source: str, problem: str) -> str:
    return f"{source}:{cells.line_num}: {problem}: is the file cut off? Download it again; nothing was taken from it"
