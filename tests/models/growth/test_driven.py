"""Given growth moves the level of a flow and the changes of a state; the week and the noise stay their own."""

import numpy as np
import pytest

from models.growth import forecast
from models.growth.driven import GivenGrowth, driven, log_growth_paths

END = np.datetime64("2026-11-01T00:00")
PATHS = 60


@pytest.fixture(scope="module")
def flow():
    hours = np.arange(15 * 24)
    random = np.random.default_rng(4)
    values = (2 + np.sin(hours / 24 * 2 * np.pi)) * random.lognormal(0, 0.05, hours.size)
    return forecast([values, 3 * values], horizon=24 * 371, paths=PATHS, seed=2, end=END)


@pytest.fixture(scope="module")
def state():
    days = np.arange(40)
    values = 1e9 + 1e7 * days + 1e6 * np.random.default_rng(5).random(40)
    return forecast([values], horizon=371, step="1d", paths=PATHS, seed=2, end=END, kind="state")


def _given(per_year: float, weight: float = 1.0) -> GivenGrowth:
    weeks = np.arange(54, dtype=np.float32)
    return GivenGrowth(np.repeat(per_year * weeks[None] * 7 / 365.25, PATHS, axis=0).astype(np.float32), weight)


def test_a_flow_follows_given_growth(flow):
    still, grown = driven(flow, {0: _given(0.0)}), driven(flow, {0: _given(0.3)})
    late = slice(350 * 24, 364 * 24)
    ratio = grown.paths(0, late.start, late.stop).mean() / still.paths(0, late.start, late.stop).mean()
    assert ratio == pytest.approx(np.exp(0.3 * 357 / 365.25), rel=0.02)


def test_series_that_are_given_nothing_keep_every_digit(flow):
    grown = driven(flow, {0: _given(0.3)})
    assert np.array_equal(grown.paths(1, 0, 500), flow.paths(1, 0, 500))


def test_streaming_reads_the_same_digits_as_paths(flow):
    grown = driven(flow, {0: _given(0.3)})
    pieces = np.concatenate([piece for _, piece in grown.stream(0, 400, chunk=37)], axis=2)
    assert np.array_equal(pieces[0], grown.paths(0, 0, 400))


def test_a_weight_mixes_paths_of_both(flow):
    mixed, own, full = driven(flow, {0: _given(0.3, 0.5)}), flow, driven(flow, {0: _given(0.3)})
    last = mixed.paths(0, 8000, 8010)
    from_given = (last == full.paths(0, 8000, 8010)).all(axis=1)
    from_own = (last == own.paths(0, 8000, 8010)).all(axis=1)
    assert np.all(from_given | from_own)
    assert 0.2 < from_given.mean() < 0.8


def test_a_state_keeps_what_it_holds_and_changes_faster(state):
    still, twice = driven(state, {0: _given(0.0)}), driven(state, {0: GivenGrowth(np.full((PATHS, 54), np.log(2), np.float32))})
    assert np.allclose(driven(state, {0: _given(0.3, 0.0)}).paths(0), state.paths(0), rtol=1e-5)
    assert np.median(still.paths(0)[:, -1]) == pytest.approx(np.median(state.paths(0)[:, -1]), rel=0.1)
    assert np.std(still.paths(0)[:, -1]) < np.std(state.paths(0)[:, -1])
    added_once, added_twice = still.paths(0)[:, -1] - still.paths(0)[:, 0], twice.paths(0)[:, -1] - twice.paths(0)[:, 0]
    assert added_twice == pytest.approx(2 * added_once, rel=0.02)


def test_log_growth_starts_at_zero_and_has_a_point_a_week(flow):
    growth = log_growth_paths(flow, 0)
    assert growth.shape == (PATHS, 54)
    assert np.all(growth[:, 0] == 0)


def test_growth_of_other_paths_is_refused(flow):
    with pytest.raises(ValueError, match="give 60"):
        driven(flow, {0: GivenGrowth(np.zeros((5, 54), np.float32))})
