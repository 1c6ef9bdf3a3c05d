"""What was planted in the history is found, explained, and follows the user's word."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from models.growth import holiday_calendar
from workbench.pipeline.anomalies import AnomalyKind, anomalies
from workbench.pipeline.growth import growth_inputs
from workbench.study.edits import LabelEvent, from_option


@pytest.fixture(scope="module")
def found(bundled):
    return anomalies(bundled.study, bundled.observed, bundled.growth)


def of(found, tenant, series, kind):
    return [one for one in found if (one.tenant, one.series, one.kind) == (tenant, series, kind)]


def test_the_planted_outage_is_found_and_explained_by_the_incident(found, truth):
    planted = truth["events"]["outage"]
    hits = [one for one in of(found, planted["tenant"], "requests", AnomalyKind.OUTAGE) if "identity provider" in one.explained]
    assert [(one.start.isoformat(), one.end.isoformat()) for one in hits] == [
        (planted["start"].replace("Z", "+00:00"), planted["end"].replace("Z", "+00:00"))
    ]


def test_the_planted_step_is_found_within_a_week(found, truth):
    planted = truth["events"]["step"]
    (step,) = of(found, planted["tenant"], "requests", AnomalyKind.SHIFT)
    assert abs(step.start - datetime.fromisoformat(planted["at"])) <= timedelta(days=7)
    assert step.size == pytest.approx(planted["factor"], rel=0.1)


def test_the_crawler_is_an_episode_of_sessions(found, truth):
    planted = truth["events"]["crawler"]
    (episode,) = of(found, planted["tenant"], "session_keys", AnomalyKind.EPISODE)
    assert (episode.start, episode.end) == tuple(datetime.fromisoformat(planted[end]) for end in ("start", "end"))
    assert "crawler" in episode.explained


def test_what_was_never_measured_is_missing_and_a_restart_is_no_drop(found, truth):
    planted = truth["events"]["missing"]
    (gap,) = of(found, planted["tenant"], "requests", AnomalyKind.MISSING)
    assert gap.start == datetime.fromisoformat(planted["start"])
    assert abs(gap.end - datetime.fromisoformat(planted["end"])) <= timedelta(hours=1)
    (restart,) = of(found, truth["events"]["application_restart"]["tenant"], "requests", AnomalyKind.RESTART)
    assert restart.start == datetime(2026, 4, 22, 18, tzinfo=UTC)


def test_a_holiday_explains_what_begins_beside_it(bundled, found):
    told = [one for one in found if one.explained.startswith("begins at the holiday of ")]
    near = [one for one in told if one.tenant == "erfurt" and one.explained.endswith("2026-04-03")]
    assert near
    assert all(abs(one.start.date() - date(2026, 4, 3)) <= timedelta(days=1) for one in near)
    for one in told:
        day = date.fromisoformat(one.explained[-10:])
        known = holiday_calendar(bundled.study.tenant(one.tenant).calendar.holidays, 2025, 2026).holidays
        assert day in known
        assert abs(day - one.start.date()) <= timedelta(days=1)


@pytest.fixture(scope="module")
def labelled(bundled, truth):
    """The study after three labels: fitted once, as that takes a while."""
    outage = truth["events"]["outage"]
    return bundled.edited(
        (
            LabelEvent("rockford", date(2026, 7, 6), date(2026, 7, 24), "one-off", "session_keys", "crawler, now blocked"),
            from_option("label-event leipzig 2025-12-18 2026-01-02 shutdown"),
            from_option(f"label-event {outage['tenant']} {outage['start']} {outage['end']} normal requests"),
        )
    )


@pytest.fixture(scope="module")
def found_then(labelled):
    return anomalies(labelled.study, labelled.observed, labelled.growth)


def test_a_label_stands_in_the_place_of_what_it_covers_and_changes_the_fit(bundled, labelled, found_then):
    said = of(found_then, "rockford", "session_keys", AnomalyKind.ONE_OFF)
    assert [(one.labelled, one.explained) for one in said] == [(True, "crawler, now blocked")]
    assert of(found_then, "rockford", "session_keys", AnomalyKind.EPISODE) == []
    peaks = [_sessions_peak(one) for one in (bundled, labelled)]
    assert peaks[1] < 0.8 * peaks[0]
    assert labelled.edited(()).growth is bundled.growth


def _sessions_peak(session):
    part = next(part for part in session.growth.parts if part.driver == "sessions")
    return float(part.forecast.maximum_quantile(0.95)[part.rows.index(session.observed.tenants.index("rockford"))])


def test_a_closure_that_is_labelled_is_no_step_of_the_level(labelled, found, found_then):
    assert of(found, "leipzig", "requests", AnomalyKind.DIP)
    assert of(found_then, "leipzig", "requests", AnomalyKind.DIP) == []
    effects = {name: mean for name, mean, _ in labelled.growth.parts[0].forecast.diagnostics[0].effects}
    assert effects["shutdown"] < -0.05


def test_what_the_user_calls_normal_is_left_out_no_more(bundled, labelled, found_then, truth):
    tenant = truth["events"]["outage"]["tenant"]
    assert of(found_then, tenant, "requests", AnomalyKind.NORMAL)[0].labelled
    row = labelled.observed.tenants.index(tenant)
    before, now = (one.growth.parts[0].forecast.diagnostics[row] for one in (bundled, labelled))
    assert before.outage_steps - now.outage_steps == 4


def test_an_hour_with_a_restart_is_unknown_to_the_fit(bundled):
    (row,) = [row for row, hours in enumerate(bundled.observed.restarted) if hours and bundled.observed.tenants[row] == "leipzig"]
    inputs = growth_inputs(bundled.study, bundled.observed, bundled.workloads, bundled.window)
    hours = list(bundled.observed.restarted[row])
    fitted = inputs[0].history[inputs[0].rows.index(row)]
    assert np.isnan(fitted[hours]).all()
    assert np.isfinite(bundled.observed.of("requests", row)[hours]).all()
