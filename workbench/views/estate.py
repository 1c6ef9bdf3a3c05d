"""Tenants with the state of their history and their use; sources and how much of them is in history."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from workbench.pipeline.origin import measured
from workbench.pipeline.session import Session
from workbench.pipeline.show_estate import TenantState, tenant_states
from workbench.pipeline.show_sources import SourceState, source_states
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import count, day, number, quantity, share, words

_TENANTS = (
    Column("tenant", "tenant", align=Align.LEFT),
    Column("environment", "class", align=Align.LEFT),
    Column("users", "users"),
    Column("history", "history", align=Align.LEFT),
    Column("coverage", "covered"),
    Column("missing", "hours missing"),
    Column("mean_rate", "requests/s, mean"),
    Column("busiest_rate", "busiest hour"),
    Column("busy_workers", "busy workers"),
    Column("stored", "database"),
)
_SOURCES = (
    Column("source", "source", align=Align.LEFT),
    Column("kind", "kind", align=Align.LEFT),
    Column("address", "address", align=Align.LEFT),
    Column("series", "series"),
    Column("last", "collected until", align=Align.LEFT),
    Column("age", "older than as_of by"),
    Column("partial", "partial windows"),
)


def estate_table(session: Session) -> Table:
    """Return all tenants of the study: history, coverage, use in the last four weeks."""
    return tenants_table(tenant_states(session), session.study.name)


def tenants_table(states: Sequence[TenantState], study: str) -> Table:
    """Return the tenants given."""
    rows = tuple(Row(state.tenant, _tenant_cells(state)) for state in states)
    return Table(f"{study}: {len(states)} tenants", _TENANTS, rows, ("use: last four weeks",))


def _tenant_cells(state: TenantState) -> tuple[Cell, ...]:
    period = None if state.first_day is None or state.last_day is None else (state.first_day, state.last_day)
    origin = measured("requests", period, quality=state.coverage)
    return (
        words(state.tenant),
        words("planned" if state.like else state.environment),
        count(state.users),
        words(_history(state), origin),
        share(state.coverage, origin),
        count(state.missing_hours) if state.first_day else words("–"),
        number(state.mean_rate, "requests/s", origin, digits=1),
        number(state.busiest_rate, "requests/s", origin, digits=1),
        number(state.busy_workers, "workers", origin, digits=2),
        quantity(state.stored_bytes, "bytes", origin),
    )


def _history(state: TenantState) -> str:
    if state.first_day is not None and state.last_day is not None:
        return f"{state.first_day} … {state.last_day}"
    if state.like is not None:
        return f"like {state.like}, from {state.starts or 'the start'}"
    return "none: collect it, or give it a like"


def sources_table(session: Session) -> Table:
    """Return the sources and how old their last samples are at the study's `as_of`."""
    states = source_states(session)
    rows = tuple(Row(state.source, _source_cells(state, session.observed.as_of)) for state in states)
    notes = tuple(f"{state.source}: {warning}" for state in states for warning in state.warnings)
    return Table("sources", _SOURCES, rows, notes)


def _source_cells(state: SourceState, as_of: date) -> tuple[Cell, ...]:
    return (
        words(state.source),
        words(state.kind or "not in the study"),
        words(state.address),
        count(state.series),
        day(None if state.last is None else state.last.date(), "nothing collected"),
        _age(state.last, as_of),
        count(state.partial),
    )


def _age(last: datetime | None, as_of: date) -> Cell:
    if last is None:
        return words("–")
    hours = (datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) - last).total_seconds() / 3600
    if hours < 1:
        return Cell(max(hours, 0.0), "current", "h")
    return Cell(hours, f"{hours:,.0f} h" if hours < 48 else f"{hours / 24:,.0f} days", "h")
