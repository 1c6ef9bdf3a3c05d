"""Cells and rows of a spreadsheet: numbers as numbers, days as days, text always as text."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from workbench.exports.csv_dialects import MISSING_AMOUNT

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""Rows of a sheet, headings included (ECMA-376 spreadsheets as Excel reads them, Microsoft, "Excel specifications and limits", 2025)."""
MOST_LETTERS = 32_767
"""Characters of a cell (same source)."""
CUT = "…"
PLACES = -2
"""Exponent of money to the cent."""


@dataclass(frozen=True, slots=True, eq=False)
class Formats:
    """How kinds of cells look."""

    heading: "Format"
    money: "Format"
    day: "Format"
    plain: "Format"


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet that holds rows: where a formula finds their columns."""

    sheet: str
    columns: tuple[str, ...]
    rows: int

    def range(self, column: str) -> str:
        """Return the cells below a heading, such as lines!$AE$2:$AE$90; without any row, the one empty cell."""
        from xlsxwriter.utility import xl_col_to_name

        letters = xl_col_to_name(self.columns.index(column))
        return f"{self.sheet}!${letters}$2:${letters}${max(self.rows, 1) + 1}"


def make_formats(book: "Workbook") -> Formats:
    """Return the formats of a workbook."""
    return Formats(
        heading=book.add_format({"bold": True, "bottom": 1}),
        money=book.add_format({"num_format": "#,##0.00"}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        plain=book.add_format({}),
    )


def check_rows(name: str, rows: "Sequence[DataclassInstance]") -> None:
    """Raise ValueError if a sheet cannot hold so many rows."""
    if len(rows) + 1 > MOST_ROWS:
        raise ValueError(f"{name} has {len(rows):,d} rows, a sheet holds {MOST_ROWS - 1:,d}: choose fewer topologies, or write CSV")


def write_rows(
    book: "Workbook", formats: Formats, name: str, row_type: "type[DataclassInstance]", rows: "Sequence[DataclassInstance]"
) -> Filled:
    """Add a sheet with a row a row under the names of the fields."""
    columns = tuple(field.name for field in fields(row_type))
    amounts = {field.name for field in fields(row_type) if field.type == Decimal | None}
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 14)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, formats.heading)
    for line, row in enumerate(rows, 1):
        for at, column in enumerate(columns):
            value = getattr(row, column)
            write_cell(sheet, line, at, MISSING_AMOUNT if value is None and column in amounts else value, formats)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    return Filled(name, columns, len(rows))


def write_cell(sheet: "Worksheet", row: int, column: int, value: object, formats: Formats) -> None:
    """Write one value; text is never read as formula, number or link, unknown leaves the cell empty."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), formats.money if value.as_tuple().exponent == PLACES else formats.plain)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats.day)
    else:
        sheet.write_string(row, column, cut(str(value)))


def cut(text: str) -> str:
    """Return a text that fits into a cell; what is cut ends in an ellipsis."""
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - len(CUT)] + CUT
