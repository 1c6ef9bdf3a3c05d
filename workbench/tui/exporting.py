"""What a panel shows as a file."""

from pathlib import Path

from workbench.commands.documents import table_document
from workbench.views.cell import Table


def table_csv(table: Table) -> str:
    """Return a table as CSV (RFC 4180, decimal point): whole values where the cells hold numbers, else their text."""
    return table_document(table, "csv")


def table_json(table: Table) -> str:
    """Return a table as a JSON document: of each cell value, text, unit and mark."""
    return table_document(table, "json")


def write_text(path: Path, text: str) -> Path:
    """Write a file whole and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
    return path
