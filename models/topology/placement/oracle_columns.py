"""Column generation when only an oracle knows what a group costs: the relaxation over the groups asked about, and asking on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.prices import GroupPrices, as_members, tenants_of

Floats = NDArray[np.float64]

MOST_TENANTS = 120
_MOST_GROUPS = 4_000
_ROUNDS = 25
_ASKED_A_ROUND = 400
_SWAPS_A_ROUND = 3_000
_IMPROVES = 1e-7
_TAKEN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What the oracle said so far about groups of some tenants."""

    groups: list[int]
    members: NDArray[np.bool_]
    """Shape (groups, tenants)."""
    cost: Floats

    def bound(self, worth: Floats) -> float:
        """Return the sum of the tenants' prices, scaled down until no known group costs less than its tenants' prices."""
        value = self.members @ worth
        dear = value > self.cost
        scale = float((self.cost[dear] / value[dear]).min()) if dear.any() else 1.0
        return float(worth.sum()) * max(0.0, scale)

    def estimate(self) -> Floats:
        """Return a linear cost of groups by least squares: a fixed part, then one share a tenant."""
        design = np.hstack([np.ones((len(self.cost), 1)), self.members])
        return np.asarray(np.linalg.lstsq(design.T @ design + 1e-9 * np.eye(design.shape[1]), design.T @ self.cost, rcond=None)[0])


def generate(
    tenants: Sequence[int], mates: Sequence[int], best: Sequence[int], prices: GroupPrices, rng: np.random.Generator
) -> float | None:
    """Return the best sum of prices of tenants at which no group asked about costs less than its tenants' prices.

    Starts from what is known, solves the linear relaxation (Gilmore and Gomory 1961) and asks about neighbours of the groups in
    it, one tenant more, less or exchanged, the most promising first, until none lowers it or the budget is spent. Every round's
    prices are held against all answers (Farley 1990). Every answer stays in `prices`, for whoever puts partitions together.
    None if the relaxation cannot be solved.
    """
    found: float | None = None
    worth: Floats | None = None
    for _ in range(_ROUNDS):
        known = _known(tenants, prices)
        solved = _solve(known, _columns(known, best, worth))
        if solved is None:
            break
        worth, taken = solved
        more = prices.left > 0 and _asked(_ranked(tenants, mates, taken, known, worth, rng), tenants, worth, prices)
        found = max(found or 0.0, _known(tenants, prices).bound(worth))
        if not more:
            break
    return found


def _known(tenants: Sequence[int], prices: GroupPrices) -> _Known:
    everyone = sum(1 << tenant for tenant in tenants)
    finite = [(group, cost) for group, cost in prices.known() if np.isfinite(cost) and not group & ~everyone]
    members = as_members([group for group, _ in finite], max(tenants) + 1)[:, list(tenants)]
    return _Known([group for group, _ in finite], members, np.asarray([cost for _, cost in finite]))


def _columns(known: _Known, best: Sequence[int], worth: Floats | None) -> NDArray[np.int64]:
    """Return the groups to solve over: the best partition, so that there is an answer, and those that promise most."""
    rank = known.cost / known.members.sum(axis=1) if worth is None else known.cost - known.members @ worth
    promising = np.argsort(rank, kind="stable")[:_MOST_GROUPS]
    sure = set(best)
    kept = [index for index, group in enumerate(known.groups) if group in sure]
    return np.unique(np.concatenate([np.asarray(kept, dtype=np.int64), promising]))


def _solve(known: _Known, columns: NDArray[np.int64]) -> tuple[Floats, list[int]] | None:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    scale = float(np.abs(known.cost[columns]).max()) or 1.0
    answer = linprog(
        known.cost[columns] / scale,
        A_eq=csr_array(known.members[columns].T.astype(np.float64)),  # type: ignore[call-overload]  # the stubs know no sparse arrays
        b_eq=np.ones(known.members.shape[1]),
        method="highs",
    )
    if answer.x is None:
        return None
    taken = [known.groups[column] for column in columns[np.asarray(answer.x) > _TAKEN]]
    return np.asarray(answer.eqlin.marginals, dtype=np.float64) * scale, taken


def _ranked(
    tenants: Sequence[int], mates: Sequence[int], taken: Sequence[int], known: _Known, worth: Floats, rng: np.random.Generator
) -> list[int]:
    """Return groups to ask about, those first whose worth exceeds a linear estimate of their cost by most."""
    near = list(dict.fromkeys(_one_more_or_less(taken, tenants, mates)))
    swaps = list(dict.fromkeys(_exchanged(taken, tenants, mates)))
    near += [swaps[k] for k in np.sort(rng.permutation(len(swaps))[:_SWAPS_A_ROUND])]
    known_groups = set(known.groups)
    new = [group for group in near if group not in known_groups]
    if not new:
        return []
    members = as_members(new, max(tenants) + 1)[:, list(tenants)]
    share = known.estimate()
    gain = members @ (worth - share[1:]) - share[0]
    return [new[k] for k in np.argsort(-gain, kind="stable")]


def _asked(groups: list[int], tenants: Sequence[int], worth: Floats, prices: GroupPrices) -> bool:
    """Ask about groups in turn until some lower the relaxation or the budget is spent; return whether some do."""
    value = dict(zip(tenants, worth.tolist(), strict=True))
    new = [group for group in groups if group not in prices]
    for first in range(0, len(new), _ASKED_A_ROUND):
        batch = new[first : first + min(_ASKED_A_ROUND, prices.left)]
        prices.ask(batch)
        worths = [sum(value[tenant] for tenant in tenants_of(group)) for group in batch]
        if any(prices[group] < paid - _IMPROVES * (1.0 + abs(paid)) for group, paid in zip(batch, worths, strict=True)):
            return True
        if not prices.left:
            break
    return False


def _one_more_or_less(groups: Sequence[int], tenants: Sequence[int], mates: Sequence[int]) -> Iterator[int]:
    for group in groups:
        for tenant in tenants:
            bit = 1 << tenant
            if group & bit and group ^ bit:
                yield group ^ bit
            elif not group & bit and not group & ~mates[tenant]:
                yield group | bit


def _exchanged(groups: Sequence[int], tenants: Sequence[int], mates: Sequence[int]) -> Iterator[int]:
    for group in groups:
        for leaver in tenants_of(group):
            rest = group ^ 1 << leaver
            for tenant in tenants:
                if not group >> tenant & 1 and rest and not rest & ~mates[tenant]:
                    yield rest | 1 << tenant
