"""What a reader who was not there must know: the question, the largest risks, what it all rests on."""

from collections.abc import Iterator

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.origin import Origin, OriginKind
from workbench.views.cell import Align, Column, Row, Table
from workbench.views.risk import domains_table
from workbench.views.text import count, day, share, words

MOST_RISKS = 3
_RISKS = ("domain", "rate", "outage", "tenants", "share", "user_hours")


def question_text(comparison: Comparison) -> str:
    """Return the question that the comparison answers, in one sentence."""
    users = int(comparison.factory.sizer.rows.users.sum())
    end = comparison.factory.window.month_start(comparison.horizon_months)
    names = [result.name for result in comparison.results]
    choice = f"Which of {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"Should {names[0]}"
    verb = "should run" if len(names) > 1 else "run"
    tenants, served = count(len(comparison.tenants)).text, count(users).text
    return f"{choice} {verb} the {tenants} tenants of {comparison.study} with {served} production users until {end:%Y-%m}?"


def risks_table(comparison: Comparison, topology: str) -> Table:
    """Return the failure domains of a topology that cost most user-hours a year, the largest first."""
    whole = domains_table(comparison, topology)
    keys = [column.key for column in whole.columns]
    shown = [keys.index(key) for key in _RISKS]
    ranked = sorted(whole.rows, key=lambda row: _hours(whole, row))
    rows = tuple(Row(row.key, tuple(row.cells[at] for at in shown)) for row in ranked[:MOST_RISKS])
    left = len(whole.rows) - len(rows)
    notes = (f"{left:,d} more failure domains on the Risk screen",) if left else ()
    return Table(f"{topology}: largest risks", tuple(whole.columns[at] for at in shown), rows, notes if rows else whole.notes)


def _hours(table: Table, row: Row) -> tuple[float, str]:
    value = table.cell(row.key, "user_hours").value
    return (-float(value) if isinstance(value, int | float) else 0.0, row.key)


def basis_table(comparison: Comparison) -> Table:
    """Return what every topology has in common, and the days of the prices."""
    dates = comparison.price_dates
    rows = [
        Row("basis", (words("basis"), words(comparison.basis.hash))),
        Row("as_of", (words("as of"), day(comparison.as_of))),
        Row("horizon", (words("horizon"), words(f"{comparison.horizon_months} months"))),
        Row("scenario", (words("scenario"), words(comparison.scenario or "none"))),
        Row("oldest", (words("oldest price"), day(None if dates is None else dates[0], "no dated price"))),
        Row("newest", (words("newest price"), day(None if dates is None else dates[1], "no dated price"))),
        Row("assumed", (words("of the bill on assumed prices, at most"), share(_assumed(comparison)))),
        Row("seed", (words("seed"), count(comparison.seed))),
        *(Row(name, (words(name), words(version))) for name, version in comparison.versions.items()),
    ]
    return Table("basis", (Column("entry", "", align=Align.LEFT), Column("value", "", align=Align.LEFT)), tuple(rows))


def _assumed(comparison: Comparison) -> float | None:
    return None if comparison.assumed_share is None else float(comparison.assumed_share)


def assumptions(comparison: Comparison) -> tuple[str, ...]:
    """Return what nobody measured, each once, then the conventions."""
    found = dict.fromkeys(
        origin.what for top in comparison.origins.values() for origin in _leaves(top) if origin.kind == OriginKind.ASSUMED
    )
    uncounted = dict.fromkeys(kind for result in comparison.results if result.risk is not None for kind in result.risk.uncounted)
    missing = tuple(f"no failure rate for {kind}: not counted, not zero" for kind in uncounted)
    return (*found, *missing, "taxes excluded", "a month has 730 hours", "region, provider, identity and DNS hit all alike: left out")


def _leaves(origin: Origin) -> Iterator[Origin]:
    if not origin.parents:
        yield origin
    for parent in origin.parents:
        yield from _leaves(parent)
