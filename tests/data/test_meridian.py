"""The bundled study is what its generator writes, and what was planted is in it."""

import subprocess
import sys
from datetime import datetime

import numpy as np
import pytest

from models.queueing import ServiceTime
from workbench.history import quality
from workbench.study.toml import inspect_study

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LIMIT_BYTES = 10_000_000


def ms(text):
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_the_generator_writes_the_committed_files_byte_for_byte(tmp_path, data, meridian):
    subprocess.run([sys.executable, "-m", "data.generate", str(tmp_path / "meridian")], cwd=data.parent, check=True, timeout=300)
    made, kept = files(tmp_path / "meridian"), files(meridian)
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []
    assert (tmp_path / "meridian-truth.json").read_bytes() == (data / "meridian-truth.json").read_bytes()


def test_the_study_stays_small(meridian):
    assert sum(len(content) for content in files(meridian).values()) < LIMIT_BYTES


def test_the_study_reads_without_a_finding(meridian, truth):
    reading = inspect_study(meridian)
    assert reading.warnings == ()
    study = reading.study
    assert {tenant.name for tenant in study.tenants} == set(truth["tenants"])
    assert {tenant.users for tenant in study.tenants if tenant.name == "zwickau"} == {truth["tenants"]["zwickau"]["users"]}
    (current,) = study.topologies
    assert current.invoice is not None
    pools = {pool.name for pool in current.pools}
    assert set(truth["pools"]) <= pools


def test_history_covers_thirteen_months_up_to_today(bundled_history, meridian):
    study = inspect_study(meridian).study
    assert study.as_of is not None
    assert (study.as_of - bundled_history.last_complete_day()).days == 1
    first, last = bundled_history.first_last()
    assert (last - first) / DAY_MS == pytest.approx(396, abs=0.1)
    assert bundled_history.measures("request_seconds") == "service"
    recent = bundled_history.rows("busy_workers", last - 14 * DAY_MS, last)
    assert recent.height == 14 * 24 * 60 * len(study.tenants)


def test_service_times_follow_the_planted_law(bundled_history, truth):
    seconds, requests = bundled_history.hourly("request_seconds"), bundled_history.hourly("requests")
    for name, planted in truth["tenants"].items():
        mean = np.nansum(seconds.of(name)) / np.nansum(requests.of(name))
        assert mean == pytest.approx(planted["service_mean_s"], rel=0.01)


def test_buckets_never_fall_from_bound_to_bound(bundled_history):
    names = [name for name in bundled_history.series() if name.startswith("request_seconds_bucket@")]
    names.sort(key=lambda name: float(name.partition("@")[2]))
    assert len(names) == 12
    totals = np.array([np.nansum(bundled_history.hourly(name).values, axis=1) for name in names])
    assert (np.diff(totals, axis=0) >= -1e-9 * totals[-1]).all()


@pytest.mark.parametrize("name", ["leipzig", "zwickau", "plauen", "pune", "rockford", "nashik"])
def test_requests_grow_as_planted(bundled_history, truth, name):
    hourly = bundled_history.hourly("requests", [name], ms(truth["start"]), ms(truth["end"]))
    days = np.nansum(hourly.values[0].reshape(-1, 24), axis=1)
    october = [np.quantile(days[start : start + 28], 0.7) for start in (1, 365)]
    growth = (october[1] / october[0]) ** (30.4375 / 364) - 1
    assert growth == pytest.approx(truth["tenants"][name]["growth_per_month"], abs=0.003)


def test_device_reads_follow_the_blocks_that_postgres_reads(bundled_history, truth):
    pool = "db-jena"
    tenants = [name for name, planted in truth["tenants"].items() if planted["pools"]["database server"] == pool]
    blocks = np.nansum(bundled_history.hourly("database_blocks_read", tenants).values, axis=0)
    reads = bundled_history.hourly("device_reads", [f"@{pool}"]).values[0]
    slope, base = np.polyfit(blocks, reads, 1)
    assert slope == pytest.approx(truth["device"]["reads_per_block"], rel=0.03)
    assert base == pytest.approx(truth["device"]["base_reads_per_s"], rel=0.25)


def test_planted_events_are_found(bundled_history, truth):
    events = truth["events"]
    rows = {(row.series, row.subject): row for row in quality(bundled_history, ["requests", "database_transactions", "device_reads"])}
    outage, missing = events["outage"], events["missing"]
    assert {subject for (series, subject), row in rows.items() if row.outages} == {outage["tenant"]}
    assert rows["requests", outage["tenant"]].outages == ((ms(outage["start"]), ms(outage["end"])),)
    (gap,) = rows["requests", missing["tenant"]].missing
    assert gap[0] == ms(missing["start"])
    assert gap[1] == pytest.approx(ms(missing["end"]), abs=HOUR_MS)
    restarted = {subject for (series, subject), row in rows.items() if series == "requests" and row.resets_ms}
    assert restarted == {events["application_restart"]["tenant"]}
    assert rows["requests", events["application_restart"]["tenant"]].lower_bound_hours == 1
    crashed = events["database_crash"]["pool"]
    assert rows["device_reads", f"@{crashed}"].lower_bound_hours == 1
    victims = {name for name, planted in truth["tenants"].items() if planted["pools"]["database server"] == crashed}
    reset = {subject for (series, subject), row in rows.items() if series == "database_transactions" and row.resets_ms}
    assert reset == victims
    assert all(rows["database_transactions", name].lower_bound_hours == 0 for name in victims)


def test_the_step_and_the_clean_up_are_there(bundled_history, truth):
    step, clean_up = truth["events"]["step"], truth["events"]["clean_up"]
    at = ms(step["at"])
    hourly = bundled_history.hourly("requests", [step["tenant"]], at - 28 * DAY_MS, at + 28 * DAY_MS).values[0].reshape(2, -1)
    before, after = np.median(hourly.reshape(2, 28, 24).sum(axis=2), axis=1)
    assert after / before == pytest.approx(step["factor"], rel=0.06)
    at = ms(clean_up["at"])
    size = bundled_history.hourly("database_bytes", [clean_up["tenant"]], at - DAY_MS, at + DAY_MS).values[0]
    assert size[-1] / size[0] == pytest.approx(1 - clean_up["share"], rel=0.02)


def test_the_crawler_fills_the_cache(bundled_history, truth):
    crawler = truth["events"]["crawler"]
    pool = "@" + truth["tenants"][crawler["tenant"]]["pools"]["cache"]
    used, limit = bundled_history.hourly("redis_used_bytes", [pool]).values[0], bundled_history.hourly("redis_max_bytes", [pool]).values[0]
    assert np.nanmax(used) == pytest.approx(np.nanmax(limit), rel=0.001)
    assert np.nanmedian(used) < 0.2 * np.nanmax(limit)
    assert np.nanmax(bundled_history.hourly("redis_evicted_keys", [pool]).values) > 1


def test_the_planted_spread_of_service_times_is_found_from_the_buckets(bundled_history, truth):
    names = sorted((name for name in bundled_history.series() if "_bucket@" in name), key=lambda name: float(name.partition("@")[2]))
    bounds = [float(name.partition("@")[2]) for name in names]
    counts = np.round([3600 * np.nansum(bundled_history.hourly(name, ["plauen"]).values) for name in names])
    planted = truth["tenants"]["plauen"]
    fitted = ServiceTime.from_histogram(bounds, counts, counts[-1] * planted["service_mean_s"])
    assert fitted.scv_low < planted["service_scv"] < fitted.scv_high
    assert fitted.scv == pytest.approx(planted["service_scv"], rel=0.1)
