"""Any table that a screen shows, as CSV or JSON: the values behind the texts, and the texts where there is no value."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite

from workbench.exports.csv_dialects import MACHINE, Dialect, field_text, records_text
from workbench.exports.documents import Json, json_text, to_json
from workbench.views.cell import Cell, Column, Table


def view_csv(table: Table, dialect: Dialect = MACHINE) -> str:
    """Return a table as CSV: a column a heading with its unit, whole values where cells hold numbers or days, else their texts."""
    names = [field_text(_heading(column), dialect) for column in table.columns]
    return records_text(names, ([_field(cell, dialect) for cell in row.cells] for row in table.rows), dialect)


def view_json(table: Table) -> str:
    """Return a table as a JSON document: title, columns, notes, and of each row and column value, text, unit and mark."""
    keys = [column.key for column in table.columns]
    document: Mapping[str, Json] = {
        "title": table.title,
        "columns": [{"key": one.key, "title": one.title, "unit": one.unit} for one in table.columns],
        "rows": [{"key": row.key, "cells": {key: _cell(cell) for key, cell in zip(keys, row.cells, strict=True)}} for row in table.rows],
        "notes": list(table.notes),
    }
    return json_text(document)


VIEW_FORMATS: Mapping[str, Callable[[Table], str]] = {"csv": view_csv, "json": view_json}
"""Ending of a file to what writes a table so."""


def _heading(column: Column) -> str:
    title = column.title or column.key
    return f"{title} [{column.unit}]" if column.unit else title


def _field(cell: Cell, dialect: Dialect) -> str:
    known = isinstance(cell.value, Decimal | int | date) or (isinstance(cell.value, float) and isfinite(cell.value))
    return field_text(cell.value if known else cell.text.strip(), dialect)


def _cell(cell: Cell) -> Json:
    return {"value": to_json(cell.value), "text": cell.text.strip(), "unit": cell.unit, "mark": cell.mark}
