import math
from datetime import date

import numpy as np
import pytest

from models.odoo_workers import LoadLevel, WorkerPool
from models.topology.verdict import ReasonCode
from workbench.pipeline.origin import Origin, OriginKind, assumed
from workbench.pipeline.parameters import Parameter, believed
from workbench.pipeline.pool_fits import WorkerFit, beyond_observed, joint_parameters
from workbench.pipeline.service_classes import ServiceClasses

MEASURED = Origin(OriginKind.FITTED, "request_seconds / requests", (date(2026, 8, 1), date(2026, 10, 31)), 2000, 1.0)


@pytest.fixture(scope="module")
def fit():
    pool = WorkerPool(workers=8, cores=2.0, cpu_s=0.06, delay_s=0.04, scv=1.5)
    rates = (2.0, 6.0, 11.0, 16.0, 21.0, 25.0)
    loads = [pool.at(rate) for rate in rates]
    levels = tuple(
        LoadLevel(one.arrival_rate, one.mean_service_s, requests=1e5, scv=1.5, cpu_busy=one.throughput * 0.06, throughput=one.throughput)
        for one in loads
    )
    mean = float(np.average([one.mean_service_s for one in levels], weights=rates))
    return WorkerFit("w", ("a", "b"), 8, 2.0, 2, levels, WorkerPool.fit(levels, workers=8, cores=2.0, database="shared"), mean, MEASURED)


def table(cpu):
    return {"service_s": Parameter("service_s", 0.125, 0.005, MEASURED), "cpu_s": cpu}


def test_what_waiting_for_processors_added_is_taken_out(fit):
    found = joint_parameters(fit, table(Parameter("cpu_s", 0.06, 0.005, MEASURED)))
    assert fit.mean_s > 0.104
    assert found["service_s"].value == pytest.approx(0.125 * 0.1 / fit.mean_s, rel=0.02)
    assert "cpu_s" not in found


def test_service_times_of_one_pool_err_together(fit):
    service = joint_parameters(fit, table(Parameter("cpu_s", 0.06, 0.005, MEASURED)))["service_s"]
    one, other = service.draws("a", 4000, 1), service.draws("b", 4000, 1)
    apart = Parameter("service_s", 0.1, 0.01, MEASURED).draws("c", 4000, 1)
    loading = dict(service.shared)["w/unloaded"]
    expected = loading**2 / (loading**2 + 0.005**2)
    assert np.corrcoef(np.log(one), np.log(other))[0, 1] == pytest.approx(expected, abs=0.05)
    assert abs(np.corrcoef(np.log(one), np.log(apart))[0, 1]) < 0.06
    assert service.low < service.value < service.high
    assert math.log(service.high / service.value) == pytest.approx(1.6449 * math.hypot(loading, 0.005), rel=1e-3)


def test_cpu_nobody_counted_is_the_fitted_share_drawn_with_the_service_time(fit):
    found = joint_parameters(fit, table(believed("cpu_s", 0.0975, "no CPU in history")))
    share = fit.fit.cpu_s.mid / fit.fit.unloaded_s.mid
    assert found["cpu_s"].value == pytest.approx(share * found["service_s"].value)
    assert not found["cpu_s"].origin.assumed()
    together = np.corrcoef(found["cpu_s"].draws("a", 4000, 1), found["service_s"].draws("a", 4000, 1))[0, 1]
    assert together != pytest.approx(0.0, abs=0.01)


def test_products_keep_shared_errors():
    left = Parameter("x", 2.0, 0.1, assumed("x"), (("pool", 0.2),))
    right = Parameter("y", 3.0, 0.0, assumed("y"), (("pool", -0.2), ("other", 0.1)))
    product = left.times(right, "xy")
    assert dict(product.shared) == {"pool": 0.0, "other": 0.1}
    assert product.spread == pytest.approx(math.hypot(0.1, 0.1))


def test_a_plan_beyond_what_was_measured_says_so(fit):
    assert beyond_observed((fit,), ("a",), 20.0, 8, 2.0) == ()
    (reason,) = beyond_observed((fit,), ("a",), 40.0, 8, 2.0)
    assert reason.code == ReasonCode.EXTRAPOLATED
    assert beyond_observed((fit,), ("a",), 40.0, 16, 4.0) == ()
    assert beyond_observed((fit,), ("elsewhere",), 40.0, 8, 2.0) == ()


def test_kinds_of_a_group_keep_its_mean_and_its_scv():
    share = np.array([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1]])
    mean = np.array([[0.5, 1.5, 3.5], [0.4, 1.25, 3.0]])
    classes = ServiceClasses(share, mean, mean**2 * 1.1, np.array([True, True]))
    weight, service = np.array([0.25, 0.75]), np.array([0.1, 0.2])
    kinds = classes.mixed(weight, service)
    assert sum(kind.share for kind in kinds) == pytest.approx(1.0)
    assert sum(kind.share * kind.cpu_s for kind in kinds) == pytest.approx(1.0)
    first = float((weight[:, None] * share * mean * service[:, None]).sum())
    second = float((weight[:, None] * share * mean**2 * 1.1 * service[:, None] ** 2).sum())
    assert sum(kind.share * kind.cpu_s**2 * (1 + kind.scv) for kind in kinds) == pytest.approx(second / first**2)


def test_many_buckets_become_few_kinds_with_the_same_moments():
    buckets = 20
    share = np.full((1, buckets), 1 / buckets)
    mean = np.geomspace(0.05, 10, buckets)[None]
    kinds = ServiceClasses(share, mean, mean**2 * 1.05, np.array([True])).mixed(np.ones(1), np.ones(1))
    total = float((share * mean).sum())
    assert len(kinds) == 6
    assert sum(kind.share * kind.cpu_s**2 * (1 + kind.scv) for kind in kinds) == pytest.approx(
        float((share * mean**2).sum()) * 1.05 / total**2
    )
