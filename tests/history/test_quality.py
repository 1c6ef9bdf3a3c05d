"""The quality report says what is there, what is missing, and what was an outage."""

import numpy as np
import pytest

from workbench.history import quality
from workbench.history.quality import usual_levels

START_MS = 1_767_225_600_000
HOUR = 3_600_000
WEEK = 168


def working_week(weeks):
    """Requests per hour: 600 in 8:00-18:00 of every day, else 6."""
    hour = np.arange(weeks * WEEK) % 24
    return np.where((hour >= 8) & (hour < 18), 600.0, 6.0)


def stored(history, make, increases, *, without=(), epoch_from=None):
    totals = np.concatenate([[0.0], np.cumsum(increases)])
    if epoch_from is not None:
        totals[epoch_from:] -= totals[epoch_from - 1]
    rows = [("leipzig", HOUR * hour, total, "") for hour, total in enumerate(totals.tolist()) if hour not in without]
    history.append(make("requests", rows))


def test_zero_in_working_hours_is_an_outage_and_zero_at_night_is_not(history, make):
    increases = working_week(6)
    increases[WEEK * 3 + 10 : WEEK * 3 + 14] = 0
    increases[WEEK * 4 + 2 : WEEK * 4 + 4] = 0
    stored(history, make, increases)
    (row,) = quality(history)
    assert row.outages == ((START_MS + (WEEK * 3 + 10) * HOUR, START_MS + (WEEK * 3 + 14) * HOUR),)
    assert row.missing == ()
    assert row.coverage == 1.0


def test_missing_hours_are_missing_and_not_an_outage(history, make):
    stored(history, make, working_week(6), without=range(500, 600))
    (row,) = quality(history)
    assert row.missing == ((START_MS + 499 * HOUR, START_MS + 600 * HOUR),)
    assert row.outages == ()
    assert row.coverage == pytest.approx(1 - 101 / (6 * WEEK))


def test_resets_are_counted_and_their_hours_marked(history, make):
    stored(history, make, working_week(4), epoch_from=300)
    (row,) = quality(history, ["requests"])
    assert row.resets_ms == (START_MS + 300 * HOUR,)
    assert row.lower_bound_hours == 1
    assert (row.samples, row.first_ms, row.last_ms) == (4 * WEEK + 1, START_MS, START_MS + 4 * WEEK * HOUR)


def test_partial_windows_are_shown(history, make):
    history.append(make("requests", [("leipzig", HOUR, 1.0, "")], window=(0, 2 * HOUR), partial=True))
    (row,) = quality(history)
    assert row.partial == ((START_MS, START_MS + 2 * HOUR),)


def test_what_is_usual_needs_three_weeks():
    assert np.isnan(usual_levels(working_week(2))).all()
    np.testing.assert_allclose(usual_levels(working_week(4)), working_week(4))


def test_an_empty_history_has_no_rows(history):
    assert quality(history) == ()


def windows_of(counts, epochs):
    """Rows of one sample an hour: counts begin anew with each epoch, as a reader of windows leaves them."""
    return [("leipzig", HOUR * hour, value, epoch) for hour, (value, epoch) in enumerate(zip(counts, epochs, strict=True))]


def moment(hour, after_ms=0):
    from datetime import UTC, datetime

    return datetime.fromtimestamp((START_MS + hour * HOUR + after_ms) / 1000, UTC).isoformat(timespec="milliseconds")


def test_another_window_that_was_read_is_no_reset(history, make):
    days = [f"{moment(24 * day, 1)}|window:prom" for day in range(4)]
    rows = windows_of([float(hour % 24 + 1) for hour in range(96)], [days[hour // 24] for hour in range(96)])
    rows = [(name, at + HOUR, value, epoch) for name, at, value, epoch in rows]
    history.append(make("requests", rows))
    (row,) = quality(history)
    assert row.resets_ms == ()
    assert row.coverage == 1.0


def test_a_restart_inside_a_window_is_a_reset(history, make):
    begins = [f"{moment(0, 1)}|window:prom", f"{moment(11)}|window:prom"]
    rows = [("leipzig", HOUR * hour, float(hour if hour < 11 else hour - 11), begins[hour >= 11]) for hour in range(1, 24)]
    history.append(make("requests", rows))
    (row,) = quality(history)
    assert row.resets_ms == (START_MS + 11 * HOUR,)


def test_a_subject_of_which_no_row_is_a_number_is_shown_and_not_forgotten(history, make):
    history.append(make("requests", [("leipzig", HOUR * hour, float("inf"), "") for hour in range(5)]))
    (row,) = quality(history)
    assert (row.subject, row.samples, row.known_hours, row.coverage) == ("leipzig", 0, 0, 0.0)
