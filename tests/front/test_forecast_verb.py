"""`forecast`: what is full when, for pools and tenants, what was unusual, and how the forecasts would have done."""

import csv
import json
from datetime import date, timedelta

import pytest

from workbench.pipeline.show_exhaustion import full_soon, pools_full, tenants_full


def test_a_tenant_is_full_when_the_first_of_its_pools_is(small):
    pools = pools_full(small, "current")
    for one in tenants_full(small, "current"):
        held = [pool.when for pool in pools if one.tenant in pool.tenants]
        assert held
        assert one.when.never <= min(when.never for when in held) + 1e-12
        earliest = min((when.p50 for when in held if when.p50 is not None), default=date.max)
        assert (one.when.p50 or date.max) <= earliest
        assert one.when.before_lead_time >= max(when.before_lead_time for when in held) - 1e-12


def test_the_gate_of_a_tenant_is_the_union_of_its_pools(small):
    until = small.window.as_of + timedelta(days=300)
    pools = {(one.pool, one.resource): one.probability for one in full_soon(small, "current", until)}
    (joint,) = full_soon(small, "current", until, tenant="alpha")
    mine = [pools[one.pool, one.resource] for one in pools_full(small, "current") if "alpha" in one.tenants]
    assert max(mine) <= joint.probability <= min(sum(mine), 1.0) + 1e-12
    assert {one.pool for one in full_soon(small, "current", until, pool="db")} == {"db"}


@pytest.mark.parametrize(("what", "expected"), [({"pool": "nowhere"}, "no production pool"), ({"tenant": "nobody"}, "no tenant 'nobody'")])
def test_the_gate_names_what_it_does_not_know(small, what, expected):
    with pytest.raises(ValueError, match=expected):
        full_soon(small, "current", small.window.as_of, **what)


def test_the_verb_prints_dates_of_tenants_and_writes_them(ask, small_folder, tmp_path):
    answer = ask("forecast", small_folder, "--tenant", "alpha", "--csv", tmp_path / "full.csv")
    assert answer.code == 0
    assert "whom a limit stops first" in answer.out
    assert "before the lead time" in answer.out
    assert "unusual in the history of alpha" in answer.out
    with (tmp_path / "full.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["tenant"] for row in rows if row["pool"] == "db"} == {"alpha", "beta", "gamma"}
    assert all(0 <= float(row["never"]) <= 1 for row in rows)


def test_the_document_holds_tenants_and_anomalies(ask, small_folder):
    found = json.loads(ask("forecast", small_folder, "--json", "--full-within", "300d", "--at-most", "1").out)
    assert set(found["tenants"]) == {"alpha", "beta", "gamma"}
    assert {"p05", "p50", "p95", "never", "before_lead_time"} <= set(found["tenants"]["alpha"]["when"])
    assert isinstance(found["anomalies"], list)


def test_a_tenants_gate_fails_with_its_name(ask, small, small_folder):
    (joint,) = full_soon(small, "current", small.window.as_of + timedelta(days=360), tenant="alpha")
    assert 0 < joint.probability <= 1
    gate = ("forecast", small_folder, "--tenant", "alpha", "--full-within", "360d", "--at-most")
    missed = ask(*gate, f"{joint.probability / 2}")
    assert missed.code == 1
    assert f"NOT met: alpha, any of its pools is full within 360 days with probability {joint.probability:.2f}" in missed.err
    assert ask(*gate, f"{joint.probability}").code == 0


def test_the_backtest_says_the_same_digits_in_all_its_forms(ask, small_folder, tmp_path):
    arguments = ("forecast", small_folder, "--backtest", "--origins", "2")
    found = json.loads(ask(*arguments, "--json", "--csv", tmp_path / "scores.csv").out)
    with (tmp_path / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["coverage"]) for row in rows] == [row["coverage"] for row in found["scores"]]
    assert {row["method"] for row in rows} == {"forecast", "seasonal naive with drift", "path bootstrap"}
    printed = ask(*arguments, "--tenant", "beta")
    assert "backtest on your own history" in printed.out
    assert "beta: largest requests within 19 days" in printed.out
    first = next(row for row in found["scores"] if row["level"] == 0.95)
    assert f"{100 * first['coverage']:.0f} % (" in printed.out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--origins", "3"), "belongs to --backtest"),
        (("--backtest", "--full-within", "90d"), "ask one of them"),
        (("--backtest", "--tenant", "nobody"), "no history of tenant 'nobody'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(ask, small_folder, options, expected):
    answer = ask("forecast", small_folder, *options)
    assert answer.code == 2
    assert expected in answer.err
