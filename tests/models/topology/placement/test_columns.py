"""Ceilings of knapsacks and bounds of the relaxation against the enumeration of everything."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.placement.columns import relax
from models.topology.placement.diving import dive
from models.topology.placement.effort import Effort
from models.topology.placement.enumeration import close
from models.topology.placement.knapsacks import fill
from models.topology.placement.packing import FITS, Packing, packed
from models.topology.placement.small import by_subsets

SEEDS = st.integers(0, 10_000)
QUICK = settings(max_examples=20, derandomize=True, deadline=None)


def problem_of(seed, tenants=9, conflicts=0.15):
    rng = np.random.default_rng(seed)
    capacity = rng.uniform(1.0, 2.0, (3, 2)) * np.array([[1.0], [2.0], [4.0]])
    quarrel = np.triu(rng.random((tenants, tenants)) < conflicts, 1)
    return Packing(rng.uniform(0.1, 1.0, (tenants, 2)), capacity, capacity.mean(axis=1) ** 0.9, quarrel | quarrel.T)


def everybody_alone(problem):
    return np.eye(problem.tenants, dtype=bool)


def best_values(problem, value):
    best = np.zeros(len(problem.cost))
    for size in range(1, problem.tenants + 1):
        for group in itertools.combinations(range(problem.tenants), size):
            if problem.conflict[np.ix_(group, group)].any():
                continue
            holds = (problem.demand[list(group)].sum(axis=0) <= problem.capacity * FITS).all(axis=1)
            best = np.where(holds, np.maximum(best, value[list(group)].sum()), best)
    return best


@QUICK
@given(SEEDS, st.sampled_from([2, 7, 5000]))
def test_ceilings_hold_however_narrow_the_beam_and_are_met_by_a_wide_one(seed, width):
    problem = problem_of(seed)
    value = np.random.default_rng(seed).uniform(0.0, 1.0, problem.tenants)
    exact = best_values(problem, value)
    found = fill(problem, value, np.zeros(3), width, 3)
    assert (found.ceiling >= exact - 1e-9).all()
    if width == 5000:
        assert found.ceiling == pytest.approx(exact)
        assert not found.cut
    for group, offer, worth in zip(found.members, found.offer, found.value, strict=True):
        assert worth == pytest.approx(value[group].sum())
        assert (problem.demand[group].sum(axis=0) <= problem.capacity[offer] * FITS).all()
        assert not problem.conflict[np.ix_(group, group)].any()


@QUICK
@given(SEEDS, st.sampled_from([3, 200]))
def test_the_relaxation_bounds_the_optimum_from_below_and_dives_end_above(seed, width):
    problem = problem_of(seed)
    best = by_subsets(problem).cost
    effort = Effort(10**9, np.inf)
    master = relax(problem, everybody_alone(problem), effort, rounds=30, width=width)
    assert master.bound <= best + 1e-9
    assert master.proven_price.sum() <= best + 1e-9
    if width == 200:
        assert master.value <= best + 1e-6
        assert master.bound >= 0.99 * master.value
    assert dive(problem, master.members, effort).cost >= best - 1e-9


@settings(max_examples=8, derandomize=True, deadline=None)
@given(SEEDS)
def test_closing_the_gap_ends_at_the_optimum(seed):
    problem = problem_of(seed)
    best = by_subsets(problem).cost
    effort = Effort(10**9, np.inf)
    master = relax(problem, everybody_alone(problem), effort, rounds=30, width=200)
    start = packed(problem, np.arange(problem.tenants))
    found, optimal = close(problem, master, start, effort)
    assert optimal
    assert found.cost == pytest.approx(best)


def test_a_dive_of_many_tenants_comes_close_to_the_planted_optimum(planted):
    plan = planted(40, seed=77)
    problem = Packing(plan.demand, plan.capacity, plan.cost, np.zeros((40, 40), dtype=bool))
    effort = Effort(10**9, np.inf)
    master = relax(problem, everybody_alone(problem), effort, rounds=20, width=150)
    assert master.bound <= plan.known
    assert dive(problem, master.members, effort).cost <= 1.05 * plan.known
