"""Small changes of a partition: merge two groups, move a tenant, swap two tenants."""

from collections.abc import Sequence

import numpy as np

from models.topology.placement.prices import GroupPrices, tenants_of

Change = tuple[tuple[int, ...], tuple[int, ...]]
"""Groups that vanish and groups that appear instead; an appearing 0 is an empty group."""

_MERGED_AT_ONCE = 0.1
_LOOKED_AT_WHOLE = 16_000
_SAMPLED_A_TENANT = 3
_FRUITLESS_SAMPLES = 3
_LEAST_GAIN = 1e-9


def descend(groups: Sequence[int], mates: Sequence[int], prices: GroupPrices, rng: np.random.Generator) -> tuple[int, ...]:
    """Return the groups after taking improving changes until none is found or the budget of work is spent.

    `groups` must be allowed and priced; every group stays within `mates` (per tenant the group it may share with).
    """
    current = tuple(groups)
    fruitless = 0
    while fruitless < _FRUITLESS_SAMPLES and prices.left:
        sampled = False
        before = current
        for propose in (_merges, _relocations, _swaps):
            candidates, cut = propose(current, mates, rng)
            sampled |= cut
            most = len(current) if cut or propose is not _merges else max(1, int(_MERGED_AT_ONCE * len(current)))
            current = _apply(current, candidates, most, prices)
        if current == before and not sampled:
            break
        fruitless = fruitless + 1 if current == before else 0
    return current


def _merges(groups: tuple[int, ...], mates: Sequence[int], rng: np.random.Generator) -> tuple[list[Change], bool]:
    common = [_common_mates(group, mates) for group in groups]
    count = len(groups)
    picks, cut = _sample(count * count, count, rng)
    merges: list[Change] = []
    for pick in picks:
        one, two = groups[pick // count], groups[pick % count]
        if pick // count < pick % count and not two & ~common[pick // count]:
            merges.append(((one, two), (one | two,)))
    return merges, cut


def _relocations(groups: tuple[int, ...], mates: Sequence[int], rng: np.random.Generator) -> tuple[list[Change], bool]:
    home = [(tenant, group) for group in groups for tenant in tenants_of(group)]
    targets = (*groups, 0)
    picks, cut = _sample(len(home) * len(targets), len(home), rng)
    moves: list[Change] = []
    for pick in picks:
        (tenant, group), target = home[pick // len(targets)], targets[pick % len(targets)]
        bit = 1 << tenant
        if target == group or (not target and group == bit) or target & ~mates[tenant]:
            continue
        moves.append(((group, target) if target else (group,), (group ^ bit, target | bit)))
    return moves, cut


def _swaps(groups: tuple[int, ...], mates: Sequence[int], rng: np.random.Generator) -> tuple[list[Change], bool]:
    home = [(tenant, group) for group in groups for tenant in tenants_of(group)]
    picks, cut = _sample(len(home) ** 2, len(home), rng)
    swaps: list[Change] = []
    for pick in picks:
        (one, first), (two, second) = home[pick // len(home)], home[pick % len(home)]
        left, right = first ^ 1 << one, second ^ 1 << two
        if one >= two or first == second or not (left | right) or left & ~mates[two] or right & ~mates[one]:
            continue
        swaps.append(((first, second), (left | 1 << two, right | 1 << one)))
    return swaps, cut


def _sample(count: int, size: int, rng: np.random.Generator) -> tuple[list[int], bool]:
    if count <= _LOOKED_AT_WHOLE:
        return list(range(count)), False
    return np.unique(rng.integers(0, count, size=_SAMPLED_A_TENANT * size)).tolist(), True


def _common_mates(group: int, mates: Sequence[int]) -> int:
    common = -1
    for tenant in tenants_of(group):
        common &= mates[tenant]
    return common


def _apply(groups: tuple[int, ...], candidates: list[Change], most: int, prices: GroupPrices) -> tuple[int, ...]:
    affordable = _within(candidates, prices)
    prices.ask(group for _, new in affordable for group in new)
    gains = np.asarray([_gain(change, prices) for change in affordable])
    threshold = _LEAST_GAIN * (1.0 + sum(prices[group] for group in groups if np.isfinite(prices[group])))
    state, touched = dict.fromkeys(groups), set[int]()
    for index in np.argsort(-gains, kind="stable"):
        old, new = affordable[index]
        if gains[index] <= threshold or not most:
            break
        if touched.isdisjoint(old):
            touched.update(old)
            most -= 1
            for group in old:
                del state[group]
            state.update(dict.fromkeys(group for group in new if group))
    return tuple(state)


def _gain(change: Change, prices: GroupPrices) -> float:
    after = prices.total(change[1])
    return prices.total(change[0]) - after if np.isfinite(after) else -np.inf


def _within(candidates: list[Change], prices: GroupPrices) -> list[Change]:
    new = list(dict.fromkeys(group for _, groups in candidates for group in groups if group not in prices))
    if len(new) <= prices.left:
        return candidates
    bought = set(new[: prices.left])
    return [change for change in candidates if all(group in prices or group in bought for group in change[1])]
