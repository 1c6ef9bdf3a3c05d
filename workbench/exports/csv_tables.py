"""The four tables for finance as CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.exports.csv_dialects import DIALECTS, csv_text
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_summary import SummaryRow, summary_rows
from workbench.pipeline.show_tables import CashflowRow, ChargebackRow, LineRow, cashflow_rows, chargeback_rows, line_rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class _Table:
    row: "type[DataclassInstance]"
    rows: "Callable[[Comparison], Sequence[DataclassInstance]]"


_TABLES = {
    "lines": _Table(LineRow, line_rows),
    "cashflow": _Table(CashflowRow, cashflow_rows),
    "chargeback": _Table(ChargebackRow, chargeback_rows),
    "summary": _Table(SummaryRow, summary_rows),
}
TABLES = tuple(_TABLES)
"""Names of the tables, the default first."""


def table_csv(comparison: Comparison, table: str, dialect: str) -> str:
    """Return one table of a comparison as CSV text; raise ValueError naming the known tables and dialects."""
    if table not in _TABLES:
        raise ValueError(f"no table {table!r}: choose one of {', '.join(TABLES)}")
    if dialect not in DIALECTS:
        raise ValueError(f"no dialect {dialect!r}: choose one of {', '.join(DIALECTS)}")
    chosen = _TABLES[table]
    return csv_text(chosen.row, chosen.rows(comparison), DIALECTS[dialect])
