"""What was unusual in the history, in words."""

from collections.abc import Collection
from datetime import timedelta

from workbench.pipeline.anomalies import Anomaly, AnomalyKind
from workbench.pipeline.looking_back import anomalies_of
from workbench.pipeline.session import Session
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import unknown, words

SERIES_NAMES = {
    "requests": "requests",
    "app_cpu_seconds": "batch work",
    "session_keys": "sessions",
    "database_bytes": "stored bytes",
    "filestore_bytes": "files",
    "all": "all series",
}
_ANOMALIES = (
    Column("when", "from (UTC)", align=Align.LEFT),
    Column("kind", "what", align=Align.LEFT),
    Column("series", "series", align=Align.LEFT),
    Column("tenant", "tenant", align=Align.LEFT),
    Column("size", "× usual"),
    Column("until", "to", align=Align.LEFT),
    Column("explained", "because", align=Align.LEFT),
    Column("treatment", "in the fit", align=Align.LEFT),
)
MOST_ROWS = 500
"""Rows of a table; who looks at more than one tenant looks at the newest."""
_WITHOUT_END = frozenset({AnomalyKind.SHIFT})


def anomalies_table(session: Session, tenant: str | None = None, among: Collection[str] | None = None) -> Table:
    """Return what was found or labelled, of one tenant, among some or of all, newest first."""
    found = sorted(
        (one for one in anomalies_of(session) if tenant in (None, one.tenant) and (among is None or one.tenant in among)),
        key=lambda one: (one.start, one.tenant, one.series),
        reverse=True,
    )
    rows = tuple(Row(anomaly_key(one), _cells(one)) for one in found[:MOST_ROWS])
    notes: tuple[str, ...] = (
        "a label of yours (✓) stands in the place of what was found: [[events]] in study.toml, or label-event as an edit",
    )
    if len(found) > MOST_ROWS:
        notes = (f"and {len(found) - MOST_ROWS:,d} older ones: choose a tenant to see all of its own", *notes)
    return Table(f"unusual in the history of {tenant or 'all tenants'}", _ANOMALIES, rows, notes if rows else ("nothing was found",))


def anomaly_key(one: Anomaly) -> str:
    """Return what tells an anomaly from the others of a table."""
    return f"{one.tenant}/{one.series}/{one.kind}/{one.start:%Y-%m-%dT%H}"


def _cells(one: Anomaly) -> tuple[Cell, ...]:
    whole_days = one.start.hour == 0 and one.end.hour == 0 and one.hours >= 24
    last = one.end - timedelta(days=1) if whole_days else one.end
    form = "%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M"
    return (
        Cell(one.start.isoformat(), f"{one.start:{form}}"),
        words(f"✓ {one.kind}" if one.labelled else str(one.kind)),
        words(SERIES_NAMES.get(one.series, one.series)),
        words(one.tenant),
        unknown() if one.size is None else Cell(one.size, f"{one.size:.2f}"),
        words("since then") if one.kind in _WITHOUT_END else Cell(one.end.isoformat(), f"{last:{form}}"),
        words(one.explained or "nothing known"),
        words(one.treatment),
    )
