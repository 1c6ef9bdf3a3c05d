"""Processor time against the log: planted seconds are found, contradictions shown, inseparable kinds named."""

import numpy as np
import pytest

from models.odoo_workers import check_cpu

TRUE_S = np.array([0.1, 0.012, 0.04])


@pytest.fixture(scope="module")
def observed():
    random = np.random.default_rng(6)
    rates = random.uniform([0.5, 5, 1], [3, 20, 6], (200, 3))
    return rates @ TRUE_S * (1 + 0.02 * random.standard_normal(200)) + 0.15, rates


def test_planted_seconds_are_found(observed):
    found = check_cpu(*observed, TRUE_S)
    for interval, truth in zip(found.cpu_s, TRUE_S, strict=True):
        assert interval.mid == pytest.approx(truth, rel=0.05)
    assert found.base_cores.mid == pytest.approx(0.15, abs=0.03)
    assert found.difference == pytest.approx(0.0, abs=0.02)
    assert found.reasons == ()


def test_a_log_that_misses_work_is_shown(observed):
    found = check_cpu(*observed, TRUE_S * 0.7)
    assert found.difference == pytest.approx(1 / 0.7 - 1, abs=0.03)
    (reason,) = found.reasons
    assert reason.figures["relative_difference"] == found.difference


def test_kinds_that_move_together_are_named(observed):
    busy, rates = observed
    together = np.column_stack((rates[:, 0], rates[:, 1], 0.4 * rates[:, 1]))
    found = check_cpu(together @ TRUE_S + 0.15, together, TRUE_S)
    (reason,) = found.reasons
    assert reason.code == "not_separable"
    assert (reason.figures["kind"], reason.figures["other_kind"]) == (1, 2)
    assert found.mean_s == pytest.approx(float(together.sum(axis=0) @ TRUE_S / together.sum()), rel=0.02)
    assert busy.size == 200


def test_a_rate_that_never_changes_is_not_told_from_the_base(observed):
    _, rates = observed
    still = rates.copy()
    still[:, 2] = 3.0
    assert any(reason.figures.get("from_base_cores") == 1 for reason in check_cpu(still @ TRUE_S + 0.1, still, TRUE_S).reasons)


def test_no_kind_gets_negative_seconds():
    random = np.random.default_rng(2)
    rates = random.uniform(1, 5, (30, 4))
    found = check_cpu(np.maximum(rates[:, 0] * 0.05 - rates[:, 1] * 0.004, 0) + 0.02, rates, np.full(4, 0.02))
    assert all(interval.low >= 0 for interval in (*found.cpu_s, found.base_cores))


@pytest.mark.parametrize(
    ("busy", "rates"),
    [(np.ones(3), np.ones((3, 2))), (np.ones(9), np.ones((8, 2))), (-np.ones(9), np.ones((9, 2))), (np.ones(9), np.zeros((9, 2)))],
)
def test_bad_series_are_refused(busy, rates):
    with pytest.raises(ValueError, match="give"):
        check_cpu(busy, rates, np.array([0.1, 0.1]))
