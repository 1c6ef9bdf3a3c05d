"""[[events]]: what the user knows about stretches of the history, and planned closures to come."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.study.cells import words
from workbench.study.estate import EVENT_KINDS, LabelledEvent
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.sections.failures import moment
from workbench.study.values import day, name, one_of, suggestion, text

if TYPE_CHECKING:
    from workbench.study.edits.kinds import LabelEvent


def read_event(section: Section, tenants: frozenset[str] | None) -> LabelledEvent | None:
    """Return one labelled event, or None when something of it is wrong or missing; `tenants` None: they could not be read."""
    for key, example in (("tenant", '"leipzig"'), ("from", "2026-03-02"), ("to", "2026-03-05"), ("kind", '"one-off"')):
        section.require(key, f"{key} = {example}")
    tenant, kind = section.read("tenant", name, None), section.read("kind", one_of(*EVENT_KINDS), None)
    start, end = section.read("from", day_or_moment, None), section.read("to", day_or_moment, None)
    series, note = section.read("series", name, None), section.read("note", text, "")
    if tenant is not None and tenants is not None and tenant not in tenants:
        section.reject("tenant", "is no tenant", suggestion(tenant, tenants))
    if tenant is None or kind is None or start is None or end is None:
        return None
    if isinstance(start, datetime) != isinstance(end, datetime):
        section.reject("to", "must be a day if from is one, else a moment", f"from is {start}")
        return None
    if end < start:
        section.reject("to", "lies before from", f"which is {start}")
        return None
    return LabelledEvent(tenant, start, end, kind, series, note)


def day_or_moment(value: object) -> date:
    """Return a day, or a moment in UTC when the value holds a time."""
    if isinstance(value, datetime) or "T" in (words(value) or "") or ":" in (words(value) or ""):
        return moment(value)
    try:
        return day(value)
    except RuleError:
        raise RuleError("is neither a day nor a moment", "e.g. 2026-03-02 or 2026-03-02T08:00:00Z") from None


def event_toml(event: "LabelledEvent | LabelEvent") -> str:
    """Return the [[events]] block that says the same in study.toml."""
    lines = [f"tenant = {_quoted(event.tenant)}", f"from = {_written(event.start)}", f"to = {_written(event.end)}"]
    lines += [f"kind = {_quoted(event.kind)}"]
    lines += [f"series = {_quoted(event.series)}"] if event.series else []
    lines += [f"note = {_quoted(event.note)}"] if event.note else []
    return "\n".join(["[[events]]", *lines]) + "\n"


def span_of(event: LabelledEvent, zone: str) -> tuple[datetime, datetime]:
    """Return begin and end in UTC; days are whole local days, the last one included."""
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        return event.start, event.end
    local = ZoneInfo(zone)
    begin = datetime.combine(event.start, time(), local)
    return begin.astimezone(UTC), datetime.combine(event.end + timedelta(days=1), time(), local).astimezone(UTC)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _written(value: date) -> str:
    return value.isoformat().replace("+00:00", "Z")
