import math
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from models.postgres_io import Stratum
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode
from workbench.exports.sizing_json import option_json
from workbench.pipeline.show_charts import cash_chart, fiscal_years, frontier_points
from workbench.pipeline.show_curves import load_curve
from workbench.pipeline.show_estate import tenant_states
from workbench.pipeline.show_fan import estate_fan, pool_fan, resources_of, tenant_fan
from workbench.pipeline.show_full_by import full_within
from workbench.pipeline.show_heat import heat_map
from workbench.pipeline.show_ladder import ladder
from workbench.pipeline.show_loss import domain_names, lose
from workbench.pipeline.show_past import daily_maxima
from workbench.pipeline.show_servers import reads_by_cache
from workbench.pipeline.show_sizing import machine_options, pool_sizing
from workbench.study.edits import from_option
from workbench.views import text
from workbench.views.cell import Column, Row, Table
from workbench.views.changes import figures_changed, lines_changed
from workbench.views.cost import cashflow_table, layers_table, lines_table
from workbench.views.demand import demand_table, exhaustion_table, workload_table
from workbench.views.estate import estate_table, sources_table
from workbench.views.ladder import ladder_table
from workbench.views.loss_now import lost_table
from workbench.views.objectives import broken_table
from workbench.views.payers import chargeback_table, invoice_table
from workbench.views.pools import pools_tree
from workbench.views.reasons import reason_text
from workbench.views.rendering import render, render_tree
from workbench.views.risk import domains_table, loss_table
from workbench.views.servers import cache_table
from workbench.views.sizing import machines_table, size_text, sizing_table, worker_pools_table
from workbench.views.spending import budget_table
from workbench.views.topologies import topologies_table
from workbench.views.why import why_text


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (text.money(Decimal("1234567.50"), "EUR"), "1,234,567.50"),
        (text.money(None, "EUR"), "?"),
        (text.share(0.1234), "12.3 %"),
        (text.share(float("nan")), "?"),
        (text.share(-math.inf), "none: nothing is usable"),
        (text.seconds(0.4121), "412 ms"),
        (text.seconds(math.inf), "never keeps it (∞)"),
        (text.hours(0.25), "15 min"),
        (text.hours(4), "4.0 h"),
        (text.hours(2400), "100.0 days"),
        (text.quantity(3 * 2**30, "bytes"), "3.0 GiB"),
        (text.quantity(12.5e6, "bytes/s"), "12.5 MB/s"),
        (text.quantity(6400, "operations/s"), "6,400 operations/s"),
        (text.quantity(0.0421, "cores"), "0.042 cores"),
        (text.quantity(None, "cores"), "?"),
        (text.day(date(2027, 4, 22)), "2027-04-22"),
    ],
)
def test_numbers_become_text_in_one_way(cell, says):
    assert cell.text == says


def test_what_is_unknown_or_endless_has_no_value():
    for cell in (
        text.money(None, "EUR"),
        text.seconds(math.inf),
        text.share(-math.inf),
        text.number(math.nan),
        text.quantity(math.inf, "B"),
    ):
        assert cell.value is None


def test_a_table_refuses_rows_that_do_not_fit():
    with pytest.raises(ValueError, match="2 cells"):
        Table("t", (Column("a", "a"),), (Row("r", (text.words("x"), text.words("y"))),))


def test_every_view_of_the_comparison_can_be_printed(small, comparison):
    for name in (result.name for result in comparison.results):
        for view in (budget_table, chargeback_table, lines_table, domains_table, broken_table, exhaustion_table, worker_pools_table):
            assert render(view(comparison, name)).count("\n") >= 2
        assert name in render_tree(pools_tree(comparison, name))
    for table in (topologies_table(comparison), layers_table(comparison), cashflow_table(comparison), loss_table(comparison)):
        assert all(result.name in render(table) for result in comparison.results)
    assert " nan" not in render(topologies_table(comparison)).lower()
    assert "alpha" in render(estate_table(small))
    assert "counts" in render(sources_table(small))
    assert "where the figures come from" in why_text(comparison)


def test_layers_sum_to_the_total(comparison):
    table = layers_table(comparison)
    for result in comparison.results:
        values = [row.cells[[column.key for column in table.columns].index(result.name)].value for row in table.rows]
        assert sum(values[:-1]) == values[-1] == result.monthly_cost


def test_every_reason_has_a_sentence(comparison):
    for code in ReasonCode:
        reason = Reason(code, Resource.CPU, tenants=(0,), offers=(0,), figures={"demand": 3.0, "usable": 2.0, "largest": 2.0})
        assert len(reason_text(comparison, reason)) > 10


def test_estate_says_what_history_holds(small):
    states = {state.tenant: state for state in tenant_states(small)}
    assert states["alpha"].users == 100
    assert states["alpha"].coverage == 1.0
    assert states["alpha"].last_day == date(2026, 10, 30)
    assert 3 < states["alpha"].mean_rate < states["alpha"].busiest_rate < 20


def test_a_planned_tenant_is_shown_without_history(small):
    planned = small.edited((from_option("add-tenant delta beta 0.5"),))
    states = {state.tenant: state for state in tenant_states(planned)}
    assert states["delta"].first_day is None
    assert "like beta" in estate_table(planned).cell("delta", "history").text


def test_fans_hold_history_bands_and_limit(small):
    for resource in resources_of(small):
        fan = estate_fan(small, resource)
        assert (fan.bands[:-1] <= fan.bands[1:]).all()
        assert fan.bands.shape == (5, 12)
        assert len(fan.past) == 60
    own = tenant_fan(small, "alpha", Resource.INGRESS)
    assert own.past[1:].max() == pytest.approx(12, rel=0.5)
    pool = pool_fan(small, "current", "db", Resource.STORAGE)
    assert pool.limit.shape == (6,)
    assert pool.exhaustion is not None


def test_an_unknown_name_is_refused_with_the_known_ones(small):
    with pytest.raises(ValueError, match="choose one of alpha"):
        tenant_fan(small, "nobody", Resource.CPU)
    with pytest.raises(ValueError, match="no data identify connections"):
        estate_fan(small, Resource.CONNECTIONS)
    with pytest.raises(ValueError, match="no failure domain"):
        lose(small, "current", "nothing")


def test_a_day_that_was_not_seen_has_no_maximum():
    hours = [math.nan] * 24 + [1.0] * 23 + [math.nan]
    found = daily_maxima(np.array(hours))
    assert math.isnan(found[0])
    assert found[1] == 1.0


@pytest.mark.parametrize(
    ("topology", "pool", "resource"), [("current", "db", Resource.STORAGE), ("current", "workers", Resource.WORKER_TIME)]
)
def test_the_ladder_sums_to_what_is_bought_and_paid(small, topology, pool, resource):
    found = ladder(small, topology, pool, resource)
    assert found.rungs[-1].level == found.bought
    known = [rung for rung in found.rungs if rung.level is not None]
    assert sum(rung.added for rung in known) == pytest.approx(found.bought)
    assert sum(rung.per_month for rung in known) == found.per_month
    shown = render(ladder_table(small, found))
    assert "next offer size" in shown
    assert ("nothing is left" in shown) == (len(known) < len(found.rungs))


def test_a_planned_pool_buys_no_less_than_its_ladder_asks(small, comparison):
    hybrid = comparison.result("hybrid").plan
    for pool in (pool for pool in hybrid.pools if pool.workers):
        levels = [rung.level for rung in ladder(small, "hybrid", pool.name, Resource.WORKER_TIME).rungs]
        assert levels[-1] >= levels[-2] - 1e-9


def test_sizing_shows_the_pool_among_its_neighbours(small):
    found = pool_sizing(small, "current", "workers")
    assert found.own in found.others
    carries = [one.carries for one in found.others]
    assert found.rule.workers == 27
    assert "rule of thumb" in render(sizing_table(found))
    curve = load_curve(found.load, found.own, points=6)
    assert (curve.response_s[:-1] <= curve.response_s[1:]).all()
    assert (np.diff(curve.response_s[1]) >= 0).all()
    assert found.own.carries == min(curve.keeps_response, curve.keeps_queue)
    assert max(carries) > 0


def test_machines_are_the_fewest_that_carry_the_load_cheapest_first(small):
    found = machine_options(small, "current", "workers")
    load = pool_sizing(small, "current", "workers").load
    assert [one.per_month for one in found] == sorted(one.per_month for one in found)
    assert all(one.option.keeps for one in found)
    assert "azure/D4s_v5" in render(machines_table(load, found, "workers", "EUR"))


def test_the_heat_map_is_in_the_time_of_most_users(small):
    heat = heat_map(small, "current", "workers")
    assert heat.zone == "Europe/Berlin"
    assert heat.utilization.shape == (7, 24)
    assert heat.utilization[2].argmax() in range(12, 16)
    assert heat.utilization[2].max() > 2 * heat.utilization[0].max()


def test_losing_the_database_now_takes_its_tenants_down(small, comparison):
    assert "db" in domain_names(comparison.result("current"))
    loss = lose(small, "current", "db")
    assert loss.tenants == ("alpha", "beta", "gamma")
    assert loss.users == 200
    assert loss.users_share == 1.0
    assert [one.owner for one in loss.care] == ["dba"]
    lost = [amount for _, amount, _ in loss.lost]
    assert lost == sorted(lost)
    assert {hour: amount for hour, amount, _ in loss.lost}[1.0] == pytest.approx(20_000)
    assert "alpha, beta, gamma" in render(lost_table(loss, "EUR"))


def test_a_pool_that_carries_on_takes_nobody_down(small):
    loss = lose(small, "current", "workers")
    assert loss.tenants == ()
    assert loss.users == 0
    assert [one.pool for one in loss.survivors] == ["workers"]
    assert loss.survivors[0].headroom_after < loss.survivors[0].headroom


def test_charts_hold_every_priced_topology(comparison):
    points = frontier_points(comparison)
    assert {point.topology for point in points} == {result.name for result in comparison.results if result.feasible}
    assert not all(point.dominated for point in points)
    chart = cash_chart(comparison)
    for row, name in enumerate(chart.topologies):
        assert chart.cash[row].sum() == pytest.approx(float(comparison.result(name).total_cost))


def test_fiscal_years_sum_to_the_cash(comparison):
    result = comparison.result("current")
    years = fiscal_years(comparison, result)
    assert sum(year.paid for year in years) == result.total_cost
    assert years[0].budget == Decimal(30000)
    assert budget_table(comparison, "current").cell("FY2026", "gap").value == Decimal(30000) - years[0].paid


def test_the_invoice_is_compared_with_infrastructure_alone(comparison):
    table = invoice_table(comparison)
    assert table.cell("invoice", "amount").value == Decimal("1500.00")
    assert table.cell("gap", "amount").value == table.cell("bill", "amount").value - Decimal(1500)


def test_changes_name_figure_line_and_basis(small, comparison):
    more = small.edited((from_option("set-price azure/D4s_v5 hour 9 USD"),), "dear").compare(("current",))
    table = figures_changed(comparison, more)
    assert table.cell("current.monthly_cost", "difference").value > 0
    assert "prices" in table.notes[0]
    lines = lines_changed(comparison, more, "current")
    assert lines.rows[0].key == "workers/azure/D4s_v5"
    assert figures_changed(comparison, comparison).rows == ()


def test_full_within_grows_with_the_days(small):
    soon = {(one.pool, one.resource): one.probability for one in full_within(small, "current", date(2026, 12, 1))}
    later = {(one.pool, one.resource): one.probability for one in full_within(small, "current", date(2027, 10, 1))}
    assert all(later[key] >= soon[key] for key in soon)


def test_full_within_agrees_with_the_exhaustion_dates(small, comparison):
    end = small.window.month_start(small.window.months)
    by = {(one.pool, one.resource): one.probability for one in full_within(small, "current", end)}
    for pool in comparison.result("current").plan.pools:
        for resource, when in pool.exhaustion.items() if pool.production else ():
            assert by[pool.name, resource] == pytest.approx(1 - when.never)


def test_demand_and_workload_tables_say_where_numbers_come_from(small):
    table = demand_table(small, "alpha")
    assert table.row("ingress").cells[1].origin is not None
    parameters = workload_table(small.workloads.of("alpha"))
    assert all(row.cells[1].origin is not None for row in parameters.rows)


def test_one_size_has_the_same_digits_on_the_screen_and_in_the_document(small):
    sizing = pool_sizing(small, "current", "workers")
    document, row = option_json(sizing.own), sizing_table(sizing).row(size_text(sizing.own))
    columns = [column.key for column in sizing_table(sizing).columns]
    shown = dict(zip(columns, row.cells, strict=True))
    for key, name in {"p50": "p50_s", "p95": "p95_s", "p99": "p99_s", "utilization": "utilization", "answered": "answered"}.items():
        assert shown[key].value == document[name]
    assert (shown["keeps_response"].value, shown["keeps_queue"].value) == (document["keeps_response"], document["keeps_queue"])
    assert shown["binds"].text == document["binds"]


def test_curves_of_the_stores_behind_a_pool_pass_through_what_was_measured():
    curve = reads_by_cache("db", Stratum(5e6, 40000.0, 0.05), 8 * 2.0**30, 16 * 2.0**30, limit_iops=1800.0)
    assert curve.observed_iops == pytest.approx(2000.0)
    assert np.all(np.diff(curve.middle) <= 1e-9)
    assert np.all((curve.low <= curve.middle + 1e-9) & (curve.middle <= curve.high + 1e-9))
    near = int(np.abs(curve.cache_bytes - curve.observed_bytes).argmin())
    assert curve.low[near] * 0.7 <= curve.observed_iops <= curve.high[near] * 1.3
    assert "limit 1,800" in cache_table(curve).notes[0]
