"""What is said of the history, and what the user's labels change."""

import numpy as np
import pytest

from models.growth import forecast
from models.growth.preparation import Exclusion

END = np.datetime64("2026-11-01")
DAYS = 300


def hours(*, crawler=(), outage=()):
    """Hourly requests of a working week around 100, with three weeks at six times that and some hours at zero."""
    random = np.random.default_rng(4)
    hour = np.arange(DAYS * 24)
    week = np.where((hour // 24) % 7 < 5, 1.0, 0.4) * (1 + 0.6 * np.sin(hour % 24 / 24 * 2 * np.pi))
    values = 100 * week * random.lognormal(0, 0.08, hour.size)
    for first, stop in crawler:
        values[first * 24 : stop * 24] *= 6
    for first, stop in outage:
        values[first:stop] = 0
    return values


def said(values, **labels):
    marked = {name: [mark] for name, mark in labels.items()}
    return forecast([values], 720, "1h", paths=100, end=END, zones=["UTC"], **marked)


def mark(first, stop):
    found = np.zeros(DAYS * 24, bool)
    found[first:stop] = True
    return found


def test_an_episode_is_said_with_its_dates_and_size():
    (found,) = said(hours(crawler=[(120, 141)])).diagnostics[0].episodes
    assert found.start == pytest.approx(120 * 24, abs=24)
    assert found.stop == pytest.approx(141 * 24, abs=24)
    assert np.exp(found.log_size) == pytest.approx(6, rel=0.15)
    assert said(hours()).diagnostics[0].episodes == ()


def test_an_episode_that_the_user_calls_ordinary_is_none():
    values = hours(crawler=[(120, 141)])
    labelled = said(values, ordinary=mark(120 * 24, 141 * 24))
    assert labelled.diagnostics[0].episodes == ()
    assert labelled.diagnostics[0].shifts != said(values).diagnostics[0].shifts


def test_an_outage_that_the_user_calls_ordinary_stays_in_the_fit():
    values = hours(outage=[(4000, 4060)])
    plain, labelled = said(values), said(values, ordinary=mark(4000, 4060))
    assert [one.reason for one in plain.diagnostics[0].excluded] == [Exclusion.OUTAGE]
    assert labelled.diagnostics[0].excluded == ()
    assert not np.array_equal(plain.quantile(0.5), labelled.quantile(0.5))


def test_a_one_off_is_not_repeated_by_the_paths():
    values = hours(crawler=[(250, 264)])
    plain, labelled = said(values), said(values, one_off=mark(250 * 24, 264 * 24))
    assert labelled.maximum_quantile(0.95)[0] < plain.maximum_quantile(0.95)[0]
    assert [one.reason for one in labelled.diagnostics[0].excluded] == [Exclusion.ONE_OFF]


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"ordinary\[0\] has shape \(3,\)"):
        said(hours(), ordinary=np.ones(3, bool))
