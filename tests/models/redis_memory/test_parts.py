"""Classes of keys, bytes, the copy while saving and the need."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.postgres_io import Interval
from models.redis_memory import (
    KeyClass,
    check_evictions,
    copied_bytes,
    fit_bytes,
    fork_copy,
    fragmentation_of,
    living_keys,
    needed_memory,
    table_bytes,
)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.floats(0, 100), st.floats(1, 1e6), st.floats(0, 1e7), st.floats(0, 1e7))
def test_keys_saturate_within_one_life(rate, life, keys, time):
    kind = KeyClass(rate, life)
    later = kind.keys_after(time, keys)
    assert later <= max(keys, kind.steady_keys) * (1 + 1e-9)
    if time >= life:
        assert later == pytest.approx(kind.steady_keys)


def test_living_keys_of_a_steady_stream_are_littles_law():
    alive = living_keys(np.full(1000, 6.0), 60.0, 18_090.0)
    assert alive[-1] == pytest.approx(6 / 60 * 18_090)
    assert (np.diff(alive) >= -1e-9).all()


def test_a_surge_of_keys_is_gone_after_its_life():
    created = np.full((2, 500), 5.0)
    created[1, 100:110] = 500.0
    alive = living_keys(created, 60.0, 3600.0)
    assert alive[1, 109] > 4000
    assert alive[1, 180] == pytest.approx(alive[0, 180])


def test_tables_are_a_staircase():
    assert [table_bytes(keys) / 16 for keys in (0, 4, 5, 8, 9, 1000, 1024, 1025)] == [4, 4, 8, 8, 16, 1024, 1024, 2048]


def test_planted_bytes_are_found_through_the_staircase():
    random = np.random.default_rng(5)
    keys = np.cumsum(random.poisson(60, 400)).astype(float)
    used = 1.1e6 + 600 * keys + np.array([table_bytes(k) for k in keys]) + random.normal(0, 2000, 400)
    fit = fit_bytes(keys, used)
    assert fit.per_key_bytes.mid == pytest.approx(600, rel=0.01)
    assert fit.base_bytes.mid == pytest.approx(1.1e6, rel=0.02)
    assert fit.used_bytes(Interval(1e5, 1e5, 1e5)).mid == pytest.approx(1.1e6 + 600e5 + table_bytes(1e5), rel=0.01)
    assert fit.peak_bytes(Interval(1e5, 1e5, 1e5)).mid > fit.used_bytes(Interval(1e5, 1e5, 1e5)).mid


def test_keys_that_hardly_move_do_not_identify_their_bytes():
    fit = fit_bytes(np.full(50, 1000.0) + np.arange(50) % 3, np.full(50, 2e6))
    assert fit.per_key_bytes.low == 0
    assert any(reason.code == "not_identified" for reason in fit.reasons)


def test_copy_saturates_at_all_memory():
    assert copied_bytes(1e9, 0, 60) == 0
    assert copied_bytes(1e9, 1e9, 60) == pytest.approx(1e9)
    assert copied_bytes(1e9, 10, 60) == pytest.approx(10 * 60 * 4096, rel=0.01)
    assert copied_bytes(1e9, 10, 60, page_bytes=2 * 1024 * 1024) > 100 * copied_bytes(1e9, 10, 60)


def test_an_unknown_copy_reserves_all_and_no_save_reserves_nothing():
    assert fork_copy(1e9, None).bytes.mid == 1e9
    assert fork_copy(1e9, None, saves=0).bytes.high == 0
    assert fork_copy(1e9, 1e8).bytes.mid == pytest.approx(1.25e8)


def test_need_is_the_sum_of_its_parts():
    used = Interval(1e9, 1.1e9, 1.2e9)
    need = needed_memory(used, Interval(0.9, 1.1, 1.3), fork_copy(1.2e9, 1e8), 5e6)
    assert need.total_bytes.low >= 1e9
    assert need.total_bytes.mid == pytest.approx(1.1e9 * 1.1 + 1.25e8 + 5e6)


def test_fragmentation_ignores_the_small_start():
    assert fragmentation_of([12e6, 11e6, 12e6], [1e6, 10e6, 10e6]).high == pytest.approx(1.2)
    with pytest.raises(ValueError, match="unknown"):
        fragmentation_of([math.nan], [1.0])


def test_an_unknown_limit_is_not_checked():
    used = Interval(1e9, 1.1e9, 1.2e9)
    assert check_evictions(used, 0, "noeviction")[0].code == "not_checked"
    assert check_evictions(used, 1.15e9, "allkeys-lru")[0].code == "too_small"
    assert check_evictions(used, 2e9, "noeviction")[0].code == "binding"
