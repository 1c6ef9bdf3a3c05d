"""Less concentration never costs less, and no efficient worst share is left out."""

import numpy as np
import pytest

from models.topology.placement import share_frontier


def oracle(sizes, limit=np.inf):
    def cost_of(members):
        load = members @ sizes
        return np.where(load > limit, np.inf, 10.0 + 4.0 * np.ceil(load))

    return cost_of


def partitions(items):
    if not items:
        yield []
        return
    first, *rest = items
    for other in partitions(rest):
        yield [[first], *other]
        for k in range(len(other)):
            yield [*other[:k], [first, *other[k]], *other[k + 1 :]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_points_are_exactly_the_efficient_pairs_of_all_partitions(seed):
    rng = np.random.default_rng(seed)
    sizes, users = rng.uniform(0.1, 3, 7), rng.integers(1, 9, 7).astype(float)
    cost_of = oracle(sizes, limit=9.0)
    pairs = set()
    for groups in partitions(list(range(7))):
        members = np.array([[tenant in group for tenant in range(7)] for group in groups])
        pairs.add((float(cost_of(members).sum()), max(users[group].sum() for group in groups) / users.sum()))
    efficient = [
        one for one in pairs if np.isfinite(one[0]) and not any(two[0] <= one[0] and two[1] <= one[1] and two != one for two in pairs)
    ]
    result = share_frontier(cost_of, users, most_points=200)
    assert result.complete
    assert all(point.exact for point in result.partitions)
    found = [(point.cost, share) for point, share in zip(result.partitions, result.worst_share, strict=True)]
    assert np.allclose(found, sorted(efficient))


def test_cost_rises_as_the_worst_share_falls_and_moves_explain_it():
    rng = np.random.default_rng(5)
    result = share_frontier(oracle(rng.uniform(0.1, 3, 10)), np.ones(10))
    assert (np.diff([point.cost for point in result.partitions]) > 0).all()
    assert (np.diff(result.worst_share) < 0).all()
    assert result.worst_share[-1] == pytest.approx(0.1)
    assert all(result.moved)
    assert result.knee is None or 0 < result.knee < len(result.partitions) - 1


def test_no_group_is_priced_twice_over_the_whole_sweep():
    asked = []
    inner = oracle(np.linspace(0.2, 2, 8))

    def cost_of(members):
        asked.extend(row.tobytes() for row in members)
        return inner(members)

    share_frontier(cost_of, np.ones(8))
    assert len(asked) == len(set(asked)) == 2**8 - 1


def test_few_points_still_reach_both_ends():
    rng = np.random.default_rng(9)
    cost_of, weights = oracle(rng.uniform(0.1, 3, 9)), rng.uniform(1, 5, 9)
    assert len(share_frontier(cost_of, weights, most_points=200).partitions) > 6
    few = share_frontier(cost_of, weights, most_points=6)
    assert not few.complete
    assert few.worst_share[-1] == pytest.approx(weights.max() / weights.sum())


@pytest.mark.parametrize("weights", [np.zeros(3), np.array([1.0, np.nan, 1.0]), np.array([1.0, -1.0, 1.0])])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="one finite weight a tenant"):
        share_frontier(oracle(np.ones(3)), weights)
