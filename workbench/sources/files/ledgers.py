"""What the user's own lists say: incidents and invoices, as CSV."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from workbench.sources.files.bad_file import BadFile, read_text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One outage as the user wrote it down."""

    start: datetime
    end: datetime
    cause: str
    domain: str
    tenants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """What was paid for one month."""

    month: date
    """First day of the month."""
    amount: Decimal
    currency: str
    source: str


def read_incidents(path: Path) -> tuple[IncidentRow, ...]:
    """Return incidents from start,end,cause,domain,tenants (tenants by ";" or "|"), by start; raises BadFile with every error."""
    return tuple(sorted(_rows(path, ("start", "end", "cause", "domain", "tenants"), _incident), key=lambda row: (row.start, row.end)))


def read_invoices(path: Path) -> tuple[InvoiceRow, ...]:
    """Return invoices from month,amount,currency,source with months as 2026-10, by month; raises BadFile with every error."""
    return tuple(sorted(_rows(path, ("month", "amount", "currency", "source"), _invoice), key=lambda row: row.month))


def _rows(path: Path, columns: Sequence[str], build: Callable[[dict[str, str]], T]) -> list[T]:
    reader = csv.DictReader(io.StringIO(read_text(path)))
    if tuple(reader.fieldnames or ()) != tuple(columns):
        raise BadFile(path, [f"1: columns {', '.join(reader.fieldnames or ())}: must be {', '.join(columns)}"])
    found: list[T] = []
    complaints: list[str] = []
    for row in reader:
        if None in row or None in row.values():
            complaints.append(f"{reader.line_num}: must have {len(columns)} fields")
            continue
        try:
            found.append(build({key: value.strip() for key, value in row.items()}))
        except ValueError as error:
            complaints.append(f"{reader.line_num}: {error}")
    if complaints:
        raise BadFile(path, complaints)
    return found


def _incident(row: dict[str, str]) -> IncidentRow:
    start, end = _instant(row["start"], "start"), _instant(row["end"], "end")
    if end <= start:
        raise ValueError(f"end {row['end']}: must be after start {row['start']}")
    if not row["domain"]:
        raise ValueError("domain is empty: name what failed, such as database server")
    tenants = tuple(name.strip() for name in row["tenants"].replace("|", ";").split(";") if name.strip())
    return IncidentRow(start, end, row["cause"], row["domain"], tenants)


def _invoice(row: dict[str, str]) -> InvoiceRow:
    try:
        month = datetime.strptime(row["month"] + "-01+0000", "%Y-%m-%d%z").date()
    except ValueError as error:
        raise ValueError(f"month {row['month']!r}: must be a month such as 2026-10") from error
    try:
        amount = Decimal(row["amount"])
    except InvalidOperation as error:
        raise ValueError(f"amount {row['amount']!r}: must be a number with a decimal point, such as 18250.40") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"amount {row['amount']!r}: must be 0 or more")
    if len(row["currency"]) != 3 or not row["currency"].isupper():
        raise ValueError(f"currency {row['currency']!r}: must be three capital letters, such as EUR")
    return InvoiceRow(month, amount, row["currency"], row["source"] or "invoice")


def _instant(text: str, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{name} {text!r}: must be ISO 8601 with a zone, such as 2026-10-31T08:15+01:00") from error
    if instant.tzinfo is None:
        raise ValueError(f"{name} {text!r}: has no zone: write for instance {text}+01:00")
    return instant
