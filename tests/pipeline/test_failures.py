"""Rates learn from the incident log; incidents of other kinds are shown and not counted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from workbench.pipeline.failures import failure_rates, instances, log_years
from workbench.pipeline.incidents import incident_kinds
from workbench.study.estate import Incident
from workbench.study.toml import read_study

MERIDIAN = Path(__file__).parents[2] / "data" / "meridian"


@pytest.fixture(scope="module")
def study():
    return read_study(MERIDIAN)


def incident(domain, start=datetime(2026, 3, 2, 8, tzinfo=UTC), hours=1.0, tenants=("leipzig",)):
    return Incident(start, start + timedelta(hours=hours), "test", domain, tenants)


def test_an_incident_raises_its_rate_and_a_quiet_year_lowers_the_others(study):
    rates = failure_rates(study)
    database = rates["database server"]
    pools = sum(pool.layer == "database server" for pool in study.topologies[0].pools)
    assert database.rate.events == 1
    assert database.rate.exposure_years == pytest.approx(log_years(study, study.as_of) * pools)
    worse = failure_rates(replace(study, incidents=(*study.incidents, incident("database server"))))
    assert worse["database server"].rate.mean_per_year > database.rate.mean_per_year
    assert worse["database server"].prior == database.prior
    assert rates["filestore"].rate.mean_per_year < rates["filestore"].prior.mean_per_year
    assert rates["filestore"].assumed
    assert not database.assumed


def test_a_bad_release_is_one_of_a_code_base(study):
    images = {tenant.runs.image for tenant in study.tenants if tenant.production}
    assert instances(study, "release") == len(images) > 1
    release = failure_rates(study)["release"].rate
    assert release.exposure_years == pytest.approx(len(images) * log_years(study, study.as_of))


def test_the_day_of_history_stands_in_for_a_day_not_fixed(study):
    floating = replace(study, as_of=None)
    assert failure_rates(floating)["cache"].rate == failure_rates(study)["cache"].prior
    assert failure_rates(floating, date(2026, 11, 1)) == failure_rates(study)


def test_a_rate_of_zero_stays_zero(study):
    never = tuple(replace(failure, rate_per_year=0.0) for failure in study.failures)
    assert all(one.rate.mean_per_year == 0 for one in failure_rates(replace(study, failures=never)).values())


def test_the_log_is_told_by_kind(study):
    kinds = {one.domain: one for one in incident_kinds(study)}
    assert sum(one.events for one in kinds.values()) == len(study.incidents)
    assert kinds["release"].events == 2
    assert kinds["release"].mean_h == pytest.approx((85 + 70) / 2 / 60)
    assert kinds["release"].tenants == 4
    assert kinds["release"].usual == "Wed 12-18 UTC"
    assert not kinds["workers"].counted
    assert kinds["database server"].counted
    assert incident_kinds(replace(study, incidents=())) == ()
