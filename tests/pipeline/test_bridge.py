"""A bridge exchanges one input at a time; whatever moved, its steps add up to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from workbench.pipeline.bridge import Amounts, Cause, Inputs, amounts_of, make_bridges
from workbench.pipeline.bridge_demand import growing_as_before, growth_curves
from workbench.pipeline.session import open_session, silent
from workbench.study.toml import read_study

NAMES = ("multi-tenant", "dedicated")


@pytest.fixture(scope="module")
def now(small):
    return Inputs(small.original, (), small.book)


@pytest.fixture(scope="module")
def frozen(small):
    return {name: amounts_of(small, name) for name in NAMES}


def bridged(before, after, frozen, versions=("1", "1")):
    return make_bridges(before, after, (frozen, None), versions, silent)


def test_the_same_inputs_move_nothing(now, frozen):
    for bridge in bridged(now, now, frozen):
        assert [step.cause for step in bridge.steps] == list(Cause)
        assert all(step.moved.total_cost == 0 and not step.facts for step in bridge.steps)
        assert bridge.before == bridge.after


def test_every_input_moves_in_its_own_step_and_all_add_up_to_the_cent(now, frozen):
    study = now.study
    later = replace(
        study,
        tenants=tuple(tenant for tenant in study.tenants if tenant.name != "delta"),
        money=replace(study.money, exchange=tuple(replace(rate, rate=Decimal("0.95")) for rate in study.money.exchange)),
        labour=replace(study.labour, per_hour=Decimal(90)),
    )
    book = now.book.override("own/egress", "GB", Decimal("0.10"), "USD")
    recorded = {name: replace(amounts, total_cost=amounts.total_cost + Decimal("0.07")) for name, amounts in frozen.items()}
    bridges = bridged(now, Inputs(later, (), book), recorded, ("1", "2"))
    assert [bridge.topology for bridge in bridges] == list(NAMES)
    for bridge in bridges:
        for figure in ("monthly_cost", "total_cost"):
            moved = sum(getattr(step.moved, figure) for step in bridge.steps)
            assert getattr(bridge.before, figure) + moved == getattr(bridge.after, figure)
        moved = {step.cause: step.moved.total_cost for step in bridge.steps}
        assert moved[Cause.DEMAND] == moved[Cause.GROWTH] == 0
        assert moved[Cause.TENANTS] < 0 < min(moved[Cause.PRICES], moved[Cause.EXCHANGE], moved[Cause.POLICY])
        assert moved[Cause.VERSION] == Decimal("-0.07")
        said = {step.cause: "; ".join(fact.what for fact in step.facts) for step in bridge.steps}
        assert "gone: delta" in said[Cause.TENANTS]
        assert "own/egress per GB" in said[Cause.PRICES]
        assert said[Cause.EXCHANGE] == "one USD"
        assert said[Cause.POLICY] == "labour per hour"


def test_history_that_went_on_is_told_apart_from_growth_fitted_anew(now, small):
    earlier = Inputs(replace(now.study, as_of=date(2026, 10, 24)), (), now.book)
    old = open_session(earlier.study)
    frozen = {"multi-tenant": amounts_of(old, "multi-tenant")}
    (bridge,) = bridged(earlier, now, frozen)
    facts = {step.cause: step.facts for step in bridge.steps}
    assert facts[Cause.DEMAND][0].after == pytest.approx(float(small.mean_rate().sum()))
    assert facts[Cause.GROWTH][0].unit == "% a month"
    assert not facts[Cause.PRICES]
    assert bridge.before.total_cost + sum(step.moved.total_cost for step in bridge.steps) == bridge.after.total_cost
    assert bridge.steps[-1].moved == Amounts(Decimal(0), Decimal(0))


def test_regrown_demand_has_the_new_level_and_the_old_course(small):
    new = small.demand
    faster = replace(new, flows=(new.flows * 2 * 1.1**new.month_of).astype(np.float32))
    rows = list(range(new.flows.shape[1]))
    same = growing_as_before(new, new, 0, rows)
    assert np.allclose(same.flows, new.flows, rtol=1e-5)
    regrown, old, level = growth_curves(growing_as_before(new, faster, 0, rows)), growth_curves(faster), growth_curves(new)
    assert np.allclose(regrown[0, :, 0], level[0, :, 0], rtol=1e-5)
    assert np.allclose(regrown[0] / regrown[0][:, :1], old[0] / old[0][:, :1], rtol=1e-4)
    unknown = growing_as_before(new, faster, 0, [None for _ in rows])
    assert np.array_equal(unknown.flows, new.flows)


def test_two_currencies_have_no_bridge(now, frozen):
    other = Inputs(replace(now.study, money=replace(now.study.money, currency="CHF")), (), now.book)
    with pytest.raises(ValueError, match="one result is in EUR, the other in CHF"):
        bridged(now, other, frozen)


def test_a_study_read_again_is_no_change_of_rules(now, small_folder, frozen):
    again = Inputs(replace(read_study(small_folder), as_of=now.study.as_of), (), now.book)
    assert all(not step.facts for bridge in bridged(now, again, frozen) for step in bridge.steps)
