"""CSV by RFC 4180 in two dialects, text neutralised against formula injection."""

import itertools
from collections.abc import Iterable, Sequence
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
    missing = [MISSING_AMOUNT if name in amounts else "" for name in names]
    records = (
        [empty if value is None else field_text(value, dialect) for value, empty in zip(values, missing, strict=True)]
        for values in ([getattr(row, name) for name in names] for row in rows)
    )
    return records_text(names, records, dialect)


def records_text(names: Iterable[str], records: Iterable[Sequence[str]], dialect: Dialect) -> str:
    """Return a heading and records of finished texts as CSV."""
    return dialect.mark + "".join(_record(record, dialect) for record in itertools.chain([list(names)], records))


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a quote before a dangerous first character."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def field_text(value: object, dialect: Dialect) -> str:
    """Return a value as it stands in a file, before quoting: numbers plain, days as ISO, text neutralised, what is not finite empty."""
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


def _record(fields: Sequence[str], dialect: Dialect) -> str:
    line = dialect.delimiter.join(_quoted(field, dialect) for field in fields)
    return (line or '""') + dialect.line_end


def _quoted(field: str, dialect: Dialect) -> str:
    """Quote what would end a field or a line (RFC 4180, 2.6); a lone carriage return ends one for many readers."""
    if not any(mark in field for mark in (dialect.delimiter, '"', "\r", "\n")):
        return field
    return '"' + field.replace('"', '""') + '"'
