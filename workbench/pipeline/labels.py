"""What the user's labels do to the history that growth is fitted on."""

from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from models.growth import BusinessCalendar, holiday_calendar
from workbench.pipeline.calendar_months import MS_PER_HOUR, Window
from workbench.pipeline.observed import Observed
from workbench.study.estate import LabelledEvent, Study
from workbench.study.sections.events import span_of

LEFT_OUT = ("outage", "one-off")
"""Kinds whose hours enter no fit."""


def events_of(study: Study, tenant: str, series: str) -> tuple[LabelledEvent, ...]:
    """Return the labels of a tenant that are about a series, in their order."""
    return tuple(event for event in study.events if event.tenant == tenant and event.series in (None, series))


def left_out(study: Study, observed: Observed, tenant: str, series: str, *, shutdowns: bool) -> NDArray[np.bool_] | None:
    """Return which hours (hours,) labels keep out of the fit, None if none.

    `shutdowns`: planned closures too, for a series that no calendar explains.
    """
    kinds = (*LEFT_OUT, "shutdown") if shutdowns else LEFT_OUT
    return _marked(study, observed, events_of(study, tenant, series), kinds)


def ordinary(study: Study, observed: Observed, tenant: str, series: str) -> NDArray[np.bool_] | None:
    """Return which hours (hours,) the user calls ordinary demand; None if none."""
    return _marked(study, observed, events_of(study, tenant, series), ("normal",))


def business_calendar(study: Study, tenant: str, window: Window, observed: Observed) -> BusinessCalendar | str | None:
    """Return the tenant's holidays, with planned closures, past and to come, where the user named some."""
    code = study.tenant(tenant).calendar.holidays
    closed = tuple(
        (_day(event.start), _last_day(event.end)) for event in study.events if event.tenant == tenant and event.kind == "shutdown"
    )
    if not closed:
        return code
    first = (datetime.fromtimestamp(observed.start_ms / 1000)).year - 1  # noqa: DTZ006 - a year more on either side hides the zone
    holidays = () if code is None else holiday_calendar(code, first, window.month_start(window.months).year + 1).holidays
    return BusinessCalendar(holidays=holidays, shutdowns=closed)


def hours_of(study: Study, observed: Observed, event: LabelledEvent) -> tuple[int, int]:
    """Return first and one-past-last hour of the history that an event touches; empty when it lies outside."""
    begin, end = span_of(event, study.tenant(event.tenant).calendar.zone)
    first = int(begin.timestamp() * 1000 - observed.start_ms) // MS_PER_HOUR
    last = -(int(observed.start_ms - end.timestamp() * 1000) // MS_PER_HOUR)
    return min(max(first, 0), observed.hours), min(max(last, 0), observed.hours)


def _marked(study: Study, observed: Observed, events: tuple[LabelledEvent, ...], kinds: tuple[str, ...]) -> NDArray[np.bool_] | None:
    marked = np.zeros(observed.hours, np.bool_)
    for event in events:
        first, last = hours_of(study, observed, event)
        marked[first:last] = event.kind in kinds
    return marked if marked.any() else None


def _last_day(moment: date) -> date:
    """Return the last day that an event touches: one that is over at midnight does not touch the next."""
    return (moment - timedelta(seconds=1)).date() if isinstance(moment, datetime) else moment


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
