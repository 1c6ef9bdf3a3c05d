"""A comparison as a spreadsheet: the tables for finance, the totals as formulas over them, and what it all rests on."""

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.exports.workbook_cells import MOST_LETTERS, Formats, check_rows, make_formats, write_cell, write_rows
from workbench.exports.workbook_summary import add_summary, write_summary
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_tables import CashflowRow, ChargebackRow, LineRow, cashflow_rows, chargeback_rows, line_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook

SHEETS = ("summary", "lines", "cashflow", "chargeback", "basis")
"""Names of the sheets in their order."""


def workbook_bytes(comparison: Comparison) -> bytes:
    """Return the file (Office Open XML); the same comparison gives the same bytes.

    Raises ValueError if a table has more rows than a sheet.
    """
    from xlsxwriter import Workbook

    lines, flows, charges = line_rows(comparison), cashflow_rows(comparison), chargeback_rows(comparison)
    for name, rows in (("lines", lines), ("cashflow", flows), ("chargeback", charges)):
        check_rows(name, rows)
    out = io.BytesIO()
    book = Workbook(out, {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    as_of = comparison.as_of
    book.set_properties({"title": comparison.study, "created": datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)})
    formats = make_formats(book)
    summary = add_summary(book)
    tables = (
        write_rows(book, formats, "lines", LineRow, lines),
        write_rows(book, formats, "cashflow", CashflowRow, flows),
        write_rows(book, formats, "chargeback", ChargebackRow, charges),
    )
    _write_basis(book, comparison, formats)
    write_summary(summary, comparison, {table.sheet: table for table in tables}, formats)
    book.close()
    return out.getvalue()


def _write_basis(book: "Workbook", comparison: Comparison, formats: Formats) -> None:
    """Write what is equal for all topologies, a row an entry."""
    sheet = book.add_worksheet("basis")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for row, (entry, value) in enumerate(_entries(comparison)):
        sheet.write_string(row, 0, entry, formats.heading if not row else formats.plain)
        write_cell(sheet, row, 1, value, formats)


def _entries(comparison: Comparison) -> list[tuple[str, object]]:
    dates = comparison.price_dates
    return [
        ("entry", "value"),
        ("study", comparison.study),
        ("demo", comparison.demo),
        ("scenario", comparison.scenario or ""),
        ("as_of", comparison.as_of),
        ("horizon_months", comparison.horizon_months),
        ("currency", comparison.currency),
        ("basis", comparison.basis.hash),
        ("seed", comparison.seed),
        *((f"version of {name}", version) for name, version in comparison.versions.items()),
        ("oldest_price", None if dates is None else dates[0]),
        ("newest_price", None if dates is None else dates[1]),
        ("assumed_share", comparison.assumed_share),
        ("tax", "excluded"),
        ("month", "730 hours"),
        ("missing amount", "? in place of a number; its total is ? too"),
        ("long text", f"cut at {MOST_LETTERS:,d} characters, ending in …; the CSV has it whole"),
        *(("warning", warning) for warning in comparison.warnings),
        *((f"basis: {name}", entry) for name, entry in comparison.basis.entries.items()),
    ]
