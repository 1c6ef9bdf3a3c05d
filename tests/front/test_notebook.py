import csv
import io
from decimal import Decimal

import numpy as np
import pytest

from workbench import open_study
from workbench.exports.csv_tables import table_csv
from workbench.pipeline.show_exceedance import exceedances


@pytest.fixture(scope="module")
def study(small_folder):
    return open_study(small_folder)


@pytest.fixture(scope="module")
def compared(study):
    return study.compare(("current", "hybrid"))


@pytest.mark.parametrize("table", ["lines", "cashflow", "chargeback", "summary"])
def test_frames_hold_the_digits_of_the_csv(compared, table):
    frame = getattr(compared, table)
    rows = list(csv.DictReader(io.StringIO(table_csv(compared.result, table, "machine"))))
    assert list(frame.columns) == list(rows[0])
    for column in frame.columns:
        for value, text in zip(frame[column], [row[column] for row in rows], strict=True):
            if isinstance(value, Decimal):
                assert f"{value:f}" == text
            elif isinstance(value, float) and np.isfinite(value):
                assert repr(float(value)) == text or int(value) == int(text)


def test_money_stays_decimal_and_sums_exactly(compared):
    for name, group in compared.lines.groupby("topology"):
        assert sum(group["monthly_cost"]) == compared.result.result(name).monthly_cost
        assert all(isinstance(value, Decimal) for value in group["monthly_cost"])


def test_a_series_is_one_column_a_tenant_by_utc_hour(study):
    frame = study.series("requests", tenant="alpha")
    assert list(frame.columns) == ["alpha"]
    assert str(frame.index.tz) == "UTC"
    assert frame["alpha"].max() < 30


def test_workloads_and_forecast_are_frames(study):
    workloads = study.workloads()
    assert set(workloads["tenant"]) == {"alpha", "beta", "gamma", "alpha-staging"}
    ahead = study.forecast("ingress")
    assert list(ahead.columns) == ["p05", "p25", "p50", "p75", "p95"]
    assert len(ahead) == 12


def test_changes_are_made_in_memory_only(study, compared):
    more = study.with_changes(scenario="delta comes", edits=("scale-driver requests 1.5",)).compare(("current",))
    assert "delta" in more.result.tenants
    assert more.result.scenario == "delta comes + edits"
    assert "delta" not in compared.result.tenants


def test_paths_take_short_names_of_resources(compared):
    paths = compared.paths("db", "iops")
    assert paths.shape[0] == 200
    with pytest.raises(ValueError, match="not one resource"):
        compared.paths("db", "memory_of_elephants")


def test_figures_are_plotly_figures(compared):
    assert len(compared.figure("frontier").data[0].x) == 2
    assert len(compared.figure("cashflow").data) == 2
    assert [len(one.x) > 20 for one in compared.figure("loss").data] == [True, False] * 2
    assert len(compared.figure("fan", pool="db", resource="storage", topology="current").data) >= 4
    assert compared.figure("fan").layout.title.text
    with pytest.raises(ValueError, match="choose one of"):
        compared.figure("pie")


def test_a_folder_without_a_study_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"holds no study\.toml"):
        open_study(tmp_path)


def test_the_bundled_study_opens_by_name_and_says_it_is_a_demo():
    assert open_study().study.demo
    assert open_study("meridian").study.name == "Meridian Manufacturing"


def test_the_curve_of_losses_has_the_mean_and_the_bad_year_of_the_risk(compared):
    for curve, result in zip(exceedances(compared.result), compared.result.results, strict=True):
        assert curve.topology == result.name
        assert (np.diff(curve.loss) > 0).all()
        assert (np.diff(curve.probability) <= 0).all()
        assert curve.probability[0] <= 1 - result.risk.loss.none + 1e-9
        assert np.interp(0.05, curve.probability[::-1], curve.loss[::-1]) == pytest.approx(result.risk.loss.p95, rel=0.05)
        assert curve.mean == pytest.approx(result.risk.radius.expected_annual_loss)
