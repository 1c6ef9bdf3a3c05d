"""Laws without phases against stored simulations (tests/benchmarks/queueing/reference_laws.py wrote them): the stated errors hold."""

import csv
import math
import pathlib

import pytest

from models.queueing import MultiServerQueue, ServiceTime
from models.queueing.laws import Deterministic, Gamma, Lognormal, Mixture, balanced_hyperexponential
from models.queueing.stand_in import queueing_stand_in

ROWS = list(csv.DictReader((pathlib.Path(__file__).parent / "reference_laws.csv").read_text().splitlines()))
SMALLEST = 0.002  # mean services
MEANS_NEAR = {"lognormal 2": 0.02, "lognormal 4": 0.05, "gamma 2": 0.02, "gamma 8": 0.06, "two lognormal classes 10": 0.02}
"""Relative error of the mean wait, beyond what the simulation leaves open, at every load and number of servers."""


def law_named(name):
    family, number = name.rsplit(" ", 1)
    value = float(number)
    if family == "lognormal":
        return Lognormal(1.0, math.sqrt(math.log1p(value)))
    if family == "gamma":
        return Gamma(1.0, 1 / value)
    short = 1 / (0.9 + 0.1 * value)
    if family == "two constants":
        return Mixture((0.9, 0.1), (Deterministic(short), Deterministic(short * value)))
    return Mixture((0.9, 0.1), (Lognormal(short, 0.5), Lognormal(short * value, 0.5)))


def queue_of(row):
    law = law_named(row["law"])
    return MultiServerQueue(float(row["load"]) * int(row["servers"]), ServiceTime.of(law), int(row["servers"]), float(row["arrival_scv"]))


@pytest.mark.parametrize("law", sorted({row["law"] for row in ROWS}))
def test_stated_error_holds(law):
    judged, wrong = 0, []
    for row in ROWS:
        if row["law"] != law:
            continue
        queue = queue_of(row)
        found = {
            "mean_wait": queue.mean_wait,
            "wait_p95": queue.wait_quantile(0.95),
            "wait_p99": queue.wait_quantile(0.99),
            "response_p95": queue.response_quantile(0.95),
        }
        for name, value in found.items():
            known, error = float(row[name]), float(row[f"{name}_error"])
            allowed = max(queue.numerical_error * known, SMALLEST)
            judged += 3 * error <= allowed
            if abs(value - known) > allowed + 3 * error:
                wrong.append(f"{name}={value:.5g} instead of {known:.5g} at {row['servers']} servers, load {row['load']}: {queue.method}")
    assert not wrong
    assert judged >= 40


@pytest.mark.parametrize("law", MEANS_NEAR)
def test_mean_wait_of_moderate_laws_is_near_at_every_load(law):
    for row in ROWS:
        if row["law"] == law and row["arrival_scv"] == "1.0":
            known, error = float(row["mean_wait"]), float(row["mean_wait_error"])
            assert abs(queue_of(row).mean_wait - known) <= max(MEANS_NEAR[law] * known, SMALLEST) + 3 * error, row


def test_stand_in_of_two_exponential_classes_is_that_law():
    law = balanced_hyperexponential(0.3, 5.0)
    found = queueing_stand_in(law)
    assert sorted(part.mean for part in found.parts) == pytest.approx(sorted(part.mean for part in law.parts), rel=1e-3)


@pytest.mark.parametrize("law", [Lognormal(2.0, 0.85), Lognormal(0.1, 1.9), Gamma(1.0, 0.02), Gamma(3.0, 0.9)])
def test_stand_in_keeps_mean_and_scv(law):
    found = queueing_stand_in(law)
    assert (found.mean, found.scv) == (pytest.approx(law.mean), pytest.approx(law.scv))
    assert all(0 < weight < 1 for weight in found.weights)
