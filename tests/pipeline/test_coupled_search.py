from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.pipeline.coupled_search import Costs, improved

TENANTS = 5


def partitions(members):
    if not members:
        yield frozenset()
        return
    first, rest = members[0], members[1:]
    for whole in partitions(rest):
        yield whole | {(first,)}
        for group in whole:
            yield whole - {group} | {tuple(sorted((first, *group)))}


@pytest.fixture(scope="session")
def everybody():
    return np.ones((TENANTS, TENANTS), bool)


def pricing(seed):
    rng = np.random.default_rng(seed)
    weight = rng.uniform(1, 3, TENANTS)
    return lambda members: 4.0 * np.ones(len(members)) + (members @ weight) ** 1.3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 3))
def test_steps_never_end_above_their_start_and_reach_the_best_of_few_tenants_from_everywhere(everybody, seed, strength):
    costs = Costs(TENANTS, pricing(seed))
    weight = np.random.default_rng(seed + 1).uniform(0, 1, TENANTS)

    def coupling(whole):
        return strength * max(float(weight[list(group)].sum()) for group in whole)

    wholes = list(partitions(tuple(range(TENANTS))))
    costs.ask(sorted({group for whole in wholes for group in whole}))
    sums = {whole: costs.total(whole) + coupling(whole) for whole in wholes}
    found, cost = improved(wholes, everybody, costs, coupling, 20)
    assert cost == pytest.approx(min(sums.values()))
    assert sums[found] == pytest.approx(cost)
    start = wholes[seed % len(wholes)]
    chain = [improved([start], everybody, costs, coupling, rounds)[1] for rounds in (0, 1, 2, 20)]
    assert chain[0] == pytest.approx(sums[start])
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(chain))


def test_who_may_not_share_never_does(everybody):
    may = everybody.copy()
    may[0, 1:] = may[1:, 0] = False
    alone = frozenset((tenant,) for tenant in range(TENANTS))
    found, _ = improved([alone], may, Costs(TENANTS, lambda members: np.full(len(members), 10.0)), lambda _whole: 0.0, 20)
    assert found == frozenset({(0,), (1, 2, 3, 4)})
