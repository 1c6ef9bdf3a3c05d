"""Calendars enter as dates: payroll, MRP nights, shutdown weeks, quarter ends, leap days, holidays by country; classes teach each other."""

from datetime import date

import numpy as np
import pytest

from models.growth import BusinessCalendar, GrowthReason, forecast


def dates(first, stop, keep):
    return tuple(day for day in np.arange(np.datetime64(first), np.datetime64(stop)).tolist() if keep(day))


def test_payroll_and_mrp_days_come_again_on_their_dates(days, end):
    payroll = dates("2025-10-01", "2027-01-01", lambda day: day.day == 25)
    mrp = dates("2025-10-01", "2027-01-01", lambda day: day.isoweekday() == 3 and day.day <= 14)
    calendar = BusinessCalendar(named=(("payroll", payroll), ("MRP night", mrp)))
    past = np.arange(end.astype("datetime64[D]") - 395, end.astype("datetime64[D]")).tolist()
    factor = np.array([1 + 0.6 * (day in payroll) + 0.4 * (day in mrp) for day in past])
    plan = forecast([days(2) * factor], horizon=60, step="1d", paths=200, end=end, calendar=[calendar])
    middle = plan.quantile(0.5)[0]
    place = {day: index for index, day in enumerate(np.arange(end.astype("datetime64[D]"), end.astype("datetime64[D]") + 60).tolist())}
    wednesday = place[date(2026, 12, 9)]
    assert middle[wednesday] / middle[wednesday + 14] == pytest.approx(1.4, rel=0.15)
    assert middle[place[date(2026, 12, 25)]] / middle[place[date(2026, 12, 18)]] == pytest.approx(1.6, rel=0.2)
    assert {"payroll", "MRP night"} <= {name for name, _, _ in plan.diagnostics[0].effects}


def test_a_shutdown_week_is_planned_and_not_an_outage_or_a_trend(days, end):
    closed = ((date(2025, 12, 22), date(2026, 1, 2)), (date(2026, 8, 3), date(2026, 8, 16)), (date(2026, 12, 21), date(2027, 1, 1)))
    calendar = BusinessCalendar(shutdowns=closed)
    past = np.arange(end.astype("datetime64[D]") - 395, end.astype("datetime64[D]")).tolist()
    quiet = np.array([any(low <= day <= high for low, high in closed) for day in past])
    plan = forecast([days(5) * np.where(quiet, 0.1, 1)], horizon=70, step="1d", paths=200, end=end, calendar=[calendar])
    middle = plan.quantile(0.5)[0]
    december = (np.datetime64("2026-12-22") - end.astype("datetime64[D]")).astype(int)
    assert middle[december] < 0.35 * middle[december - 14]
    assert plan.diagnostics[0].shifts == ()


def test_leap_days_and_clock_changes_leave_no_hole(hours):
    end = np.datetime64("2028-02-25")
    plan = forecast([hours(1, days=90)], horizon=24 * 40, paths=60, end=end, zones=["America/New_York"], calendar=["US"])
    demand = plan.quantile(0.5)[0]
    assert np.isfinite(demand).all()
    leap = demand[24 * 4 : 24 * 5]
    assert leap.sum() == pytest.approx(demand[24 * 11 : 24 * 12].sum(), rel=0.3)
    assert plan.first_passage(0.0).dates(0.5)[0] == end


def test_holidays_follow_the_country_of_each_plant(hours, end):
    """Unity day is one in Germany alone; the same loads elsewhere know nothing of it."""
    codes = ["DE", "US"]
    plan = forecast([hours(3, days=200)] * 2, horizon=48, paths=20, end=end, zones=["Europe/Berlin", "America/New_York"], calendar=codes)
    assert all("month end +0" in {name for name, _, _ in report.effects} for report in plan.diagnostics)


def test_a_class_teaches_its_short_members_growth(days, end):
    """Six series of a class grow 4 % a month for a year; a month-old seventh is believed to do likewise only in their class."""
    old = [days(seed, growth=0.04) for seed in range(6)]
    young = days(9, growth=0.04)[-35:]
    together = forecast([*old, young], horizon=180, step="1d", paths=200, end=end, group=["erp"] * 7)
    apart = forecast([*old, young], horizon=180, step="1d", paths=200, end=end, group=["erp"] * 6 + ["new"])
    taught, alone = together.diagnostics[6], apart.diagnostics[6]
    assert GrowthReason.SHRUNK_TO_FLEET in taught.reasons
    assert GrowthReason.SHRUNK_TO_FLEET not in alone.reasons
    assert taught.growth_per_month == pytest.approx(0.04, abs=0.015)
    assert taught.growth_per_month_p95 - taught.growth_per_month_p05 < 0.5 * (alone.growth_per_month_p95 - alone.growth_per_month_p05)


def test_growth_beyond_what_was_checked_is_said(days, end):
    near, far = (forecast([days(1)], horizon=ahead, step="1d", paths=20, end=end).diagnostics[0] for ahead in (90, 720))
    assert near.extrapolated_share == 0
    assert 0.3 < far.extrapolated_share < 0.9
    assert 0 < near.undamped_share < far.undamped_share < 1
    assert GrowthReason.EXTRAPOLATED in far.reasons


def test_zeros_of_a_planned_shutdown_are_no_outage(hours, end):
    closed = ((date(2026, 8, 3), date(2026, 8, 16)), (date(2026, 11, 9), date(2026, 11, 13)))
    history = hours(6, days=200)
    start = int((np.datetime64("2026-08-03T00") - end).astype("timedelta64[h]").astype(int))
    history[start : start + 14 * 24] = 0
    told = forecast([history], 24 * 14, paths=60, end=end, zones=["UTC"], calendar=[BusinessCalendar(shutdowns=closed)])
    untold = forecast([history], 24 * 14, paths=60, end=end, zones=["UTC"], calendar=[BusinessCalendar()])
    assert told.diagnostics[0].outage_steps == 0
    assert untold.diagnostics[0].outage_steps > 200
    middle = told.quantile(0.5)[0].reshape(14, 24).max(axis=1)
    assert middle[8:13].max() < 0.3 * middle[:5].max()
    assert untold.quantile(0.5)[0].reshape(14, 24).max(axis=1)[8:13].max() > 0.6 * middle[:5].max()
