"""CSV by RFC 4180 in two dialects, text neutralised against formula injection."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet take a text for a formula (OWASP, CSV Injection, 2024), full-width forms included."""
MISSING_AMOUNT = "?"
"""What stands for an amount whose price is missing: never empty, never zero."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written."""

    name: str
    delimiter: str
    decimal: str
    line_end: str
    mark: str
    """Byte order mark, or nothing."""


MACHINE = Dialect("machine", ",", ".", "\n", "")
EXCEL = Dialect("excel", ";", ",", "\r\n", "\ufeff")
DIALECTS = {dialect.name: dialect for dialect in (MACHINE, EXCEL)}


def csv_text(row_type: "type[DataclassInstance]", rows: "Iterable[DataclassInstance]", dialect: Dialect) -> str:
    """Return rows as text with one heading line; the fields of `row_type` are the columns."""
    names = [field.name for field in fields(row_type)]
    amounts = {field.name for field in fields(row_type) if field.type == Decimal | None}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writerow(names)
    for row in rows:
        values = [getattr(row, name) for name in names]
        missing = [MISSING_AMOUNT if name in amounts else "" for name in names]
        writer.writerow([empty if value is None else _field(value, dialect) for value, empty in zip(values, missing, strict=True)])
    return dialect.mark + out.getvalue()


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a quote before a dangerous first character."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _field(value: object, dialect: Dialect) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", dialect.decimal)
    if isinstance(value, float):
        return repr(value).replace(".", dialect.decimal) if isfinite(value) else ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return neutral(str(value))
