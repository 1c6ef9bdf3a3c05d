"""A full store: who loses sessions, and to whom."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.redis_memory import lost_sessions, lost_to, room_for_keys

POLICIES = ("noeviction", "allkeys-random", "allkeys-lru", "volatile-ttl", "allkeys-lfu")
LIVES = np.array([10_800.0, 604_800.0])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 0.1)), min_size=1, max_size=5), st.floats(10, 1e6), st.sampled_from(POLICIES))
def test_what_stays_fits_and_every_key_is_accounted_for(rates, room, policy):
    created = np.array(rates)
    lost = lost_sessions(created, LIVES, room, policy)
    assert lost.keys.sum() <= room * (1 + 1e-6)
    assert (lost.evicted_per_s >= -1e-12).all()
    assert (lost.evicted_per_s + lost.refused_per_s <= created * (1 + 1e-9)).all()
    if (created * LIVES).sum() <= room:
        assert lost.lost_per_s.sum() == 0
    elif policy != "allkeys-lru":
        assert lost.keys.sum() == pytest.approx(min(room, (created * LIVES).sum()), rel=1e-6)


@pytest.mark.parametrize("policy", ["noeviction", "allkeys-random", "allkeys-lru"])
def test_a_crawler_of_one_tenant_ends_sessions_of_another(policy):
    created = np.array([[0.05, 0.01], [0.05, 0.01]])
    room = 1.2 * float((created * LIVES).sum())
    assert lost_sessions(created, LIVES, room, policy).lost_per_s.sum() == 0
    created[0, 0] = 3.0
    blame = lost_to(created, LIVES, room, policy)
    assert blame[0, 1] > 0
    assert blame[1, 0] >= 0
    assert np.diag(blame).sum() == 0


def test_by_time_to_live_anonymous_sessions_go_first():
    lost = lost_sessions(np.array([[1.0, 0.02]]), LIVES, 15_000.0, "volatile-ttl")
    assert lost.evicted_per_s[0, 1] == pytest.approx(0, abs=1e-12)
    assert lost.evicted_per_s[0, 0] > 0


def test_no_limit_is_room_without_end():
    assert room_for_keys(0, 1e6, 600) == math.inf
    assert room_for_keys(7e6, 1e6, 600) == pytest.approx(10_000)
    assert lost_sessions(np.array([[1.0, 1.0]]), LIVES, math.inf, "noeviction").lost_per_s.sum() == 0


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match="policy"):
        lost_sessions(np.ones((1, 2)), LIVES, 1.0, "keep-all")
    with pytest.raises(ValueError, match="created_per_s"):
        lost_sessions(np.array([[1.0, math.nan]]), LIVES, 1.0, "noeviction")
    with pytest.raises(ValueError, match="room_keys"):
        lost_sessions(np.ones((1, 2)), LIVES, 0.0, "noeviction")
    with pytest.raises(ValueError, match="bytes_per_key"):
        room_for_keys(1.0, 0.0, 0.0)
