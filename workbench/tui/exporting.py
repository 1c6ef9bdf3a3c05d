"""What a panel shows as CSV."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from workbench.tui.widgets.grid import heading
from workbench.views.cell import Cell, Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""First characters that make a spreadsheet take a text for a formula (OWASP, CSV Injection, 2024)."""


def table_csv(table: Table) -> str:
    """Return a table as CSV (RFC 4180, decimal point): whole values where the cells hold numbers, else their text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([heading(column) or column.key for column in table.columns])
    writer.writerows([[_field(cell) for cell in row.cells] for row in table.rows])
    return out.getvalue()


def write_text(path: Path, text: str) -> Path:
    """Write a file whole and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
    return path


def _field(cell: Cell) -> str:
    match cell.value:
        case Decimal():
            return f"{cell.value:f}"
        case int() | float():
            return repr(cell.value)
        case date():
            return cell.value.isoformat()
    text = cell.text.strip()
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
