"""The way back after a failure."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.failure_rate import updated_rate
from models.topology.resources import Layer, Resource
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.routes import outage_hours, rebuilt, restore_hours, route_of
from workbench.study.estate import Failure
from workbench.study.recovery import Belief, Recovery

SHARE, HOURS = st.floats(0, 1), st.floats(0, 100)
QUICK = settings(max_examples=100, derandomize=True, deadline=None)


def rate(outage_h, *, source="assumption"):
    failure = Failure("database server", 0.3, 2.0, outage_h, source, assumed=not source.startswith("own"))
    believed = updated_rate(0.3, 2.0)
    return DomainRate(failure, believed, believed)


def pool(layer, *roles, stored=3.6e12):
    parts = tuple(SimpleNamespace(role=role) for role in roles)
    return SimpleNamespace(layer=layer, parts=parts, planned={Resource.STORAGE: np.full(6, stored)}, replicas=(1,) * 6)


@QUICK
@given(HOURS, HOURS, SHARE, SHARE, HOURS, HOURS, HOURS)
def test_removing_a_standby_never_helps(outage, restore, works, both, detect, decide, promote):
    recovery = Recovery(
        detect_h=Belief(detect), decide_h=Belief(decide), promote_h=Belief(promote), failover_works=Belief(works), both_fail=Belief(both)
    )
    for layer in (Layer.DATABASE, Layer.CACHE, Layer.WORKERS, Layer.FILESTORE):
        with_it = outage_hours(layer, rate(outage), True, restore, recovery)
        assert with_it <= outage_hours(layer, rate(outage), False, restore, recovery) + 1e-9


@QUICK
@given(HOURS, HOURS, HOURS)
def test_steps_of_an_outage_add_up_to_it(outage, detect, decide):
    steps = rebuilt(outage, Recovery(detect_h=Belief(detect), decide_h=Belief(decide)), "repair")
    assert sum(hours for _, hours in steps) == pytest.approx(outage)
    assert all(hours >= 0 for _, hours in steps)


def test_a_restore_grows_with_what_is_stored():
    assert restore_hours(3.6e12, Recovery()) == pytest.approx(10)
    assert restore_hours(3.6e12, Recovery(restore_bytes_per_s=Belief(200e6))) == pytest.approx(5)
    alone = route_of(pool(Layer.DATABASE, "primary"), rate(1.0), Recovery())
    assert alone.outage_h == pytest.approx(11) == alone.planned_h == alone.worst_h
    assert [step for step, _ in alone.steps] == ["notice", "decide", "rebuild the instance", "restore the backup"]


def test_a_standby_has_a_planned_way_and_another_one():
    route = route_of(pool(Layer.DATABASE, "primary", "standby"), rate(1.0), Recovery())
    assert route.planned_h == pytest.approx(5 / 60)
    assert route.worst_h == pytest.approx(11)
    assert route.works == pytest.approx(0.9 * 0.95)
    assert route.outage_h == pytest.approx(route.works * 5 / 60 + (1 - route.works) * 11)


def test_an_outage_is_a_belief_until_all_of_it_was_tested():
    tested = {name: Belief(one.value, "own test", assumed=False) for name, one in Recovery().beliefs}
    own = rate(1.0, source="own incidents")
    assert not route_of(pool(Layer.DATABASE, "primary", "standby"), own, Recovery(**tested)).assumed
    assert route_of(pool(Layer.DATABASE, "primary", "standby"), own, Recovery(**{**tested, "both_fail": Belief(0.05)})).assumed
    assert route_of(pool(Layer.DATABASE, "primary", "standby"), rate(1.0), Recovery(**tested)).assumed
