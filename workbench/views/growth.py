"""What grows, how fast, what carries the forecast, and how far it was checked, in words."""

from collections.abc import Sequence

from workbench.pipeline.session import Session
from workbench.pipeline.show_growth import GrowthRow, growth_rows
from workbench.views.backtest import driver_name
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.text import share, span, unknown, words

_GROWTH = (
    Column("subject", "driver", align=Align.LEFT),
    Column("growth", "own trend a month"),
    Column("range", "as used, 90 %"),
    Column("rests", "rests on", align=Align.LEFT),
    Column("steps", "steps found", align=Align.LEFT),
    Column("carried", "carried by", align=Align.LEFT),
    Column("undamped", "undamped"),
    Column("extrapolated", "extrapolated"),
    Column("checked", "checked for", align=Align.LEFT),
)
_LAST_STEPS = 3
SAID = {
    "growth_assumed": "less than 90 days: growth is assumed; name [[drivers]] with years of counts, or collect more",
    "week_unknown": "less than two weeks: the shape of the week is assumed from day types; it comes by itself in a week or two",
    "year_unknown": "less than 400 days: no yearly season can be seen; import older counts to see one",
    "much_missing": "more than a tenth of the samples is missing: see Estate, Health of the data",
    "all_zero": "every known value is zero",
    "constant": "every known value is the same: nothing shows how it varies",
    "one_value": "only one value is known: collect more",
    "extrapolated": "the horizon is longer than any past origin could check: what lies beyond is extrapolated",
    "not_backtested": "no past origin was possible: the width is assumed",
    "shrunk_to_fleet": "growth leans on the tenants of its class",
    "saturated": "some samples lie at the ceiling of what could be measured: demand was at least that",
    "peaks_from_fleet": "too short to know its own peaks: their height follows what happened to its class",
    "stale": "the last samples are missing: collect, and see whether the source still answers",
}
"""Value of `GrowthReason` to what limits a forecast, and what to do."""


def growth_table(session: Session, tenants: Sequence[str], drivers: Sequence[str] | None = None) -> Table:
    """Return a row a driver and tenant that has history; of several tenants the row says whose."""
    found = growth_rows(session, tenants, drivers)
    rows = tuple(Row(f"{one.tenant}/{one.driver}", _cells(one, alone=len(tenants) == 1)) for one in found)
    notes = calendar_notes(found) if len(tenants) == 1 else ()
    if not rows:
        notes = ("no history of its own: it follows the tenant it is like",)
    whose = tenants[0] if len(tenants) == 1 else f"{len(tenants)} tenants"
    return Table(f"{whose}: drivers and growth", _GROWTH, rows, notes)


def calendar_notes(found: Sequence[GrowthRow]) -> tuple[str, ...]:
    """Return what the calendar does to requests, effect by effect with its 90 % range."""
    effects = next((one.effects for one in found if one.driver == "requests"), ())
    return tuple(f"{one.name}: {_change(one.change)} ({span(_change(one.low), _change(one.high))})" for one in effects)


def growth_sentences(session: Session, tenant: str) -> tuple[str, ...]:
    """Return what a reader must know of a tenant's growth: on what it rests, what limits it, and what to do."""
    found = growth_rows(session, (tenant,))
    lines = [f"{one.basis.text}." for one in found if one.driver == "requests" and one.basis is not None]
    for one in found:
        if one.driver == "requests":
            undamped, beyond = (share(part, digits=0).text for part in (one.undamped_share, one.extrapolated_share))
            text = f"Of the growth to the end of the window {undamped} rests on paths that never slow down and {beyond} is extrapolated"
            lines.append(f"{text}; checked for {_checked(one)}.")
    told = dict.fromkeys(reason for one in found for reason in one.reasons if reason in SAID)
    return (*lines, *(f"{SAID[reason]}." for reason in told))


def _cells(one: GrowthRow, *, alone: bool) -> tuple[Cell, ...]:
    origin = None if one.basis is None else one.basis.origin
    driver = driver_name(one.driver)
    return (
        words(driver if alone else f"{one.tenant}, {driver}"),
        unknown("assumed", "%", origin) if one.guessed else share(one.growth_per_month, origin),
        words(span(share(one.low).text, share(one.high).text), origin, ASSUMED if one.guessed else ""),
        words("" if one.basis is None else str(one.basis.comes_from), origin),
        words(", ".join(f"{_change(step.change)} on {step.day}" for step in one.steps[-_LAST_STEPS:]) or "none"),
        words(", ".join(f"{candidate} {share(weight, digits=0).text}" for candidate, weight in one.carried_by)),
        share(one.undamped_share, digits=0),
        share(one.extrapolated_share, digits=0),
        words(_checked(one)),
    )


def _checked(one: GrowthRow) -> str:
    if one.checked_days == 0:
        return "nothing: the width is assumed"
    return f"{one.checked_days} days, beyond extrapolated" if one.extrapolated else f"{one.checked_days} days"


def _change(value: float) -> str:
    return f"{100 * value:+.0f} %"
