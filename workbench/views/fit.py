"""What was fitted: parameters of tenants, worker pools and database servers with interval, method, goodness and reasons."""

from collections.abc import Sequence

from workbench.pipeline.pool_fits import Unfitted, WorkerFit
from workbench.pipeline.show_fits import FitRow
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.model_reasons import model_reasons
from workbench.views.text import count, figures, number, seconds, share, span, unknown, words

_COLUMNS = (
    Column("parameter", "parameter", align=Align.LEFT),
    Column("value", "value"),
    Column("range", "90 % range"),
    Column("goodness", "goodness of fit"),
    Column("samples", "samples"),
    Column("quality", "known"),
    Column("method", "from", align=Align.LEFT),
)
_LEVELS = (
    Column("rate", "a replica", "requests/s"),
    Column("measured", "held, measured"),
    Column("predicted", "held, fitted"),
    Column("cpu", "CPU busy", "cores"),
    Column("used", "", align=Align.LEFT),
)
NOT_IDENTIFIED = "not identified"
NOTHING = 1e-9
"""Below this a value at the edge of what is possible is rounding of the search."""


def fit_tables(rows: Sequence[FitRow], pools: Sequence[WorkerFit], unfitted: Sequence[Unfitted]) -> tuple[Table, ...]:
    """Return a table a subject, the levels of every fitted worker pool, and what could not be fitted."""
    subjects = tuple(dict.fromkeys((row.kind, row.subject) for row in rows))
    said = {fit.pool: model_reasons(fit.fit.reasons) for fit in pools}
    tables = [_subject(kind, name, [row for row in rows if (row.kind, row.subject) == (kind, name)], said) for kind, name in subjects]
    tables += [levels_table(fit) for fit in pools]
    if unfitted:
        columns = (Column("pool", "worker pool", align=Align.LEFT), Column("why", "why", align=Align.LEFT))
        tables.append(Table("not fitted", columns, tuple(Row(one.pool, (words(one.pool), words(one.why))) for one in unfitted)))
    return tuple(tables)


def _subject(kind: str, name: str, rows: Sequence[FitRow], said: dict[str, tuple[str, ...]]) -> Table:
    notes = said.get(name, ()) if kind == "worker pool" else ()
    assumed = [row.parameter for row in rows if row.assumed]
    rest = (f"{ASSUMED}: rests on an assumption; collect what its origin names",) if assumed else ()
    return Table(f"{kind} {name}", _COLUMNS, tuple(Row(row.parameter, _cells(row)) for row in rows), (*notes, *rest))


def _cells(row: FitRow) -> tuple[Cell, ...]:
    mark = ASSUMED if row.assumed else ""
    return (
        words(row.parameter),
        Cell(row.value, f"{row.value:.4g}" if abs(row.value) > NOTHING else "0", "", None, mark),
        words(span(f"{row.low:.3g}", f"{row.high:.3g}")) if row.identified or row.assumed else words(NOT_IDENTIFIED),
        unknown() if row.goodness is None else Cell(row.goodness, f"{row.goodness:.3f}"),
        count(row.samples),
        share(row.quality, digits=0),
        words(row.method),
    )


def levels_table(fit: WorkerFit) -> Table:
    """Return measured against fitted service time, level by level of load."""
    rows = tuple(
        Row(
            str(place),
            (
                number(level.arrival_rate, "requests/s", digits=2),
                seconds(level.mean_service_s),
                seconds(fit.fit.predicted_service_s[place]),
                number(level.cpu_busy, "cores", digits=2),
                words("collapsed, left out" if place in fit.fit.collapsed else ""),
            ),
        )
        for place, level in enumerate(fit.levels)
    )
    size = f"{fit.replicas} × {fit.workers} workers on {fit.cores:g} cores"
    title = f"worker pool {fit.pool}: seconds a worker is held by load ({size})"
    highest = f"measured up to {figures(fit.fit.highest_rate)} requests/s a replica; beyond it the model extrapolates"
    return Table(title, _LEVELS, rows, (highest,))
