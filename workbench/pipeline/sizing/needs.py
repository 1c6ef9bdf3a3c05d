"""What groups of tenants need at each purchase step: sums path by path, then maxima, then the planned quantile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.estate_rows import EstateRows, Mix
from workbench.pipeline.sizing.peaks import Peaks
from workbench.study.estate import Purchase

DAYS_PER_MONTH = 365.25 / 12
CHUNK = 64
"""Groups summed at once, so that memory stays small."""


@dataclass(frozen=True, slots=True)
class Steps:
    """When capacity is bought."""

    first_month: tuple[int, ...]
    """Month of the horizon in which each step starts."""
    until_month: tuple[int, ...]
    """One past the last month each step must carry, lead time included."""
    horizon_months: int

    @property
    def count(self) -> int:
        """Number of steps."""
        return len(self.first_month)

    def months_of(self, step: int) -> range:
        """Return the months in which what the step bought is paid for."""
        last = self.first_month[step + 1] if step + 1 < self.count else self.horizon_months
        return range(self.first_month[step], last)


def purchase_steps(purchase: Purchase, horizon_months: int) -> Steps:
    """Return the steps of a purchase rule; each must carry demand until the next step and its lead time have passed."""
    if purchase.step_months is None:
        return Steps((0,), (horizon_months,), horizon_months)
    lead = ceil(purchase.lead_time_days / DAYS_PER_MONTH)
    starts = tuple(range(0, horizon_months, purchase.step_months))
    ends = tuple(min(start + purchase.step_months + lead, horizon_months) for start in starts)
    return Steps(starts, ends, horizon_months)


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """Rows to size: groups at the planned quantile, or one group path by path."""

    steps: Steps
    amounts: Mapping[Resource, NDArray[np.float64]]
    """Resource to (rows, steps): what must be carried."""
    service_s: NDArray[np.float64]
    """Shape (rows,): mean service time of the group's requests, as in all the following."""
    scv: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    """Share of the service time that is not on the worker machine's processors."""
    worker_bytes: NDArray[np.float64]
    tenants: NDArray[np.int64]
    """Tenants in the group."""
    within_s: NDArray[np.float64]
    """Strictest response objective in the group …"""
    share: NDArray[np.float64]
    """… and the share of requests that must keep it."""
    overflow_per_hour: NDArray[np.float64]
    """Smallest probability with which the accept queue may overflow in an hour."""
    headroom: NDArray[np.float64]
    """Largest reserve anybody in the group asks for."""
    survives: NDArray[np.int64]
    """Hardest loss to survive: 0 none, 1 node, 2 zone, 3 region."""
    awake_share: NDArray[np.float64]
    """Share of the week in which the group's machines run."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.service_s)

    def amount(self, resource: Resource) -> NDArray[np.float64] | None:
        """Return (rows, steps) of a resource, or None if no data identify it."""
        return self.amounts.get(resource)


def group_needs(
    peaks: Peaks,
    rows: EstateRows,
    members: NDArray[np.bool_],
    resources: Sequence[Resource],
    steps: Steps,
    base: Mapping[Resource, float],
) -> Needs:
    """Return what each group of tenants needs at the planned quantile; members has shape (groups, tenants)."""
    plan_at = rows.largest(rows.plan_at, members)
    amounts = {}
    for resource in resources:
        if peaks.knows(resource):
            parts = [step_peaks(peaks.monthly(resource, part), steps) for part in _chunks(members)]
            levels = np.concatenate([_quantiles(part, plan_at[i * CHUNK : i * CHUNK + len(part)]) for i, part in enumerate(parts)])
            amounts[resource] = levels + base.get(resource, 0.0)
    return _with_mix(rows, rows.mix(members), members, amounts, steps)


def planned_needs(rows: EstateRows, members: NDArray[np.bool_], amounts: Mapping[Resource, NDArray[np.float64]], steps: Steps) -> Needs:
    """Return the needs of groups whose planned amounts (groups, steps) are known; members has shape (groups, tenants)."""
    return _with_mix(rows, rows.mix(members), members, dict(amounts), steps)


def path_needs(rows: EstateRows, members: NDArray[np.bool_], monthly: Mapping[Resource, NDArray[np.float64]], steps: Steps) -> Needs:
    """Return what one group needs on each path: members (tenants,), monthly peaks (paths, months); rows are paths."""
    amounts = {resource: step_peaks(values[None], steps)[0].astype(float) for resource, values in monthly.items()}
    paths = len(next(iter(amounts.values()))) if amounts else rows.service_paths.shape[1]
    return _with_mix(rows, rows.mix_on_paths(members), np.repeat(members[None], paths, axis=0), amounts, steps)


def _chunks(members: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    return [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)]


def step_peaks(monthly: NDArray[np.floating], steps: Steps) -> NDArray[np.floating]:
    """Return the largest demand each step must carry, (groups, paths, steps), from (groups, paths, months)."""
    spans = zip(steps.first_month, steps.until_month, strict=True)
    return np.stack([monthly[:, :, first:until].max(axis=2) for first, until in spans], axis=2)


def _quantiles(peaks: NDArray[np.floating], plan_at: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.empty((peaks.shape[0], peaks.shape[2]))
    for level in np.unique(plan_at):
        chosen = plan_at == level
        found[chosen] = np.quantile(peaks[chosen].astype(float), level, axis=1)
    return found


def _with_mix(rows: EstateRows, mix: Mix, members: NDArray[np.bool_], amounts: dict[Resource, NDArray[np.float64]], steps: Steps) -> Needs:
    return Needs(
        steps=steps,
        amounts=amounts,
        service_s=mix.service_s,
        scv=mix.scv,
        elsewhere=mix.elsewhere,
        worker_bytes=rows.largest(rows.worker_bytes, members),
        tenants=members.sum(axis=1),
        within_s=rows.smallest(rows.within_s, members),
        share=rows.largest(rows.share, members),
        overflow_per_hour=rows.smallest(rows.overflow_per_hour, members),
        headroom=rows.largest(rows.headroom, members),
        survives=rows.largest(rows.survives.astype(float), members).astype(np.int64),
        awake_share=rows.largest(rows.awake_share, members),
    )
