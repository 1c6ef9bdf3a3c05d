"""Choose the hours of a month that decide, so that demand need not keep all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.02
"""No tenant's and no given pool's monthly peak may be missed by more than this share."""
MOST = 48
"""Hours a month at the most; beyond, the error is reported."""
OWN_DAYS = (1, 3)
"""What is kept of each tenant's own load: the hour of its peak, and that of its third-highest day (soft resources are full on a third
day, not on a first)."""
THIRD = 3
Flows = NDArray[np.float32]
Hours = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Hours of one month that decide."""

    shared: Hours
    """Shape (paths, moments): hours in which some group or tenant peaks."""
    own: Hours
    """Shape (tenants, paths, kinds × 2): for each kind of load the tenant's own peak hour and that of its third-highest day."""
    error: float
    """Largest shortfall left of a tenant's or given pool's peak at the shared hours, as a share."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Whose peaks matter."""

    groups: NDArray[np.bool_]
    """Shape (groups, tenants): sets whose peak hour is always kept, the most important first."""
    pools: NDArray[np.bool_]
    """Shape (pools, tenants): pools that are known before any search; their peaks are kept to the tolerance."""
    plan_at: float
    """Quantile over paths at which peaks are compared."""
    most: int = MOST


def choose_moments(flows: Flows, units: Flows, wanted: Wanted) -> Chosen:
    """Return the hours at which some group or tenant peaks, path by path.

    First the peak hour of every group for every kind of load; then, while a pool's or a tenant's peak at the chosen hours falls short
    of its peak over all hours by more than 2 % (at the planned quantile over paths), the peak hour of the one that falls short most:
    pools first, since tenants keep their own hours besides.

    Parameters
    ----------
    flows
        Shape (flow drivers, tenants, paths, hours): whole days.
    units
        Shape (kinds, flow drivers, tenants, paths): loads whose peaks matter (online work, CPU with batch), per unit of driver.
    wanted
        Whose peaks matter, and how many hours may be kept.

    """
    sets = np.concatenate([wanted.groups, wanted.pools])
    seen = _look(flows, units, sets)
    first = _distinct([*seen.set_hours[:, : len(wanted.groups)].swapaxes(0, 1).reshape(-1, flows.shape[2]), *seen.third_hours])
    chosen = _Choice(flows, units, first[: max(wanted.most, 1)])
    pools = _Target(wanted.pools, seen.set_peaks[:, len(wanted.groups) :], seen.set_hours[:, len(wanted.groups) :])
    tenants = _Target(None, seen.peaks, seen.own[:, :, 0])
    errors = [chosen.fill(target, wanted.plan_at, wanted.most) for target in (pools, tenants) if target.peaks.shape[1]]
    own = np.moveaxis(seen.own, 0, 2).reshape(flows.shape[1], -1, flows.shape[2]).swapaxes(1, 2)
    return Chosen(np.stack(chosen.columns, axis=1), own, max(errors, default=0.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    peaks: NDArray[np.float32]
    """Shape (kinds, tenants, paths)."""
    own: Hours
    """Shape (kinds, tenants, 2, paths)."""
    set_peaks: NDArray[np.float32]
    """Shape (kinds, sets, paths)."""
    set_hours: Hours
    third_hours: Hours
    """Shape (kinds, paths): hour of the third-highest day of the first set."""


def _look(flows: Flows, units: Flows, sets: NDArray[np.bool_]) -> _Seen:
    """Pass over all hours once; tenants that stand in the same sets are added up first."""
    kinds, (_, tenants, paths, hours) = len(units), flows.shape
    patterns, leaf = np.unique(sets.T, axis=0, return_inverse=True)
    peaks = np.empty((kinds, tenants, paths), np.float32)
    own = np.empty((kinds, tenants, len(OWN_DAYS), paths), np.int64)
    set_peaks = np.empty((kinds, len(sets), paths), np.float32)
    set_hours = np.empty((kinds, len(sets), paths), np.int64)
    third = np.empty((kinds, paths), np.int64)
    for kind in range(kinds):
        sums = np.zeros((len(patterns), paths, hours), np.float32)
        for tenant in range(tenants):
            load = _load(flows, units[kind], tenant)
            sums[leaf.ravel()[tenant]] += load
            if kind and _proportional(units[kind, :, tenant], units[0, :, tenant]):
                own[kind, tenant] = own[0, tenant]
            else:
                own[kind, tenant] = _peak_hour(load), _third_day_hour(load)
            peaks[kind, tenant] = np.take_along_axis(load, own[kind, tenant, 0][:, None], axis=1)[:, 0]
        for row in range(len(sets)):
            total = sums[patterns[:, row]].sum(axis=0)
            set_hours[kind, row] = _peak_hour(total)
            set_peaks[kind, row] = np.take_along_axis(total, set_hours[kind, row][:, None], axis=1)[:, 0]
            if row == 0:
                third[kind] = _third_day_hour(total)
    return _Seen(peaks, own, set_peaks, set_hours, third)


def _load(flows: Flows, unit: NDArray[np.float32], tenant: int) -> NDArray[np.float32]:
    parts = [flows[d, tenant] * unit[d, tenant][:, None] for d in range(len(flows)) if unit[d, tenant].any()]
    if not parts:
        return np.zeros(flows.shape[2:], np.float32)
    total: NDArray[np.float32] = parts[0]
    for part in parts[1:]:
        total += part
    return total


def _proportional(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether two kinds of load of a tenant follow the same single driver, so that they peak together."""
    used, used_too = one.any(axis=1), other.any(axis=1)
    return bool(used.sum() == 1 and np.array_equal(used, used_too))


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    sets: NDArray[np.bool_] | None
    """Shape (targets, tenants); None: each tenant by itself."""
    peaks: NDArray[np.float32]
    """Shape (kinds, targets, paths): over all hours."""
    hours: Hours
    """Shape (kinds, targets, paths): when."""


class _Choice:
    """Columns of hours, and what every tenant needs in them."""

    def __init__(self, flows: Flows, units: Flows, columns: list[Hours]) -> None:
        self.columns = list(columns)
        self._flows, self._units = flows, units
        self._loads = [self._at(column) for column in columns]

    def fill(self, target: _Target, plan_at: float, most: int) -> float:
        """Add hours until no target falls short by more than the tolerance; return the largest shortfall left."""
        at = np.max([self._of(target, load) for load in self._loads], axis=0)
        full = np.quantile(target.peaks, plan_at, axis=2)
        while True:
            with np.errstate(divide="ignore", invalid="ignore"):
                short = np.where(full > 0, 1 - np.quantile(at, plan_at, axis=2) / full, 0.0)
            if short.max() <= TOLERANCE or len(self.columns) >= most:
                return float(max(short.max(), 0.0))
            kind, row = np.unravel_index(int(np.argmax(short)), short.shape)
            column = target.hours[kind, row]
            self.columns.append(column)
            self._loads.append(self._at(column))
            at = np.maximum(at, self._of(target, self._loads[-1]))

    def _at(self, hours: Hours) -> NDArray[np.float32]:
        """Return every tenant's loads in an hour of each path, shape (kinds, tenants, paths)."""
        values = np.take_along_axis(self._flows, hours[None, None, :, None], axis=3)[..., 0]
        return np.asarray((self._units * values).sum(axis=1), np.float32)

    def _of(self, target: _Target, load: NDArray[np.float32]) -> NDArray[np.float32]:
        return load if target.sets is None else np.matmul(target.sets.astype(np.float32), load)


def _peak_hour(values: NDArray[np.float32]) -> Hours:
    hours: Hours = np.argmax(values, axis=1)
    return hours


def _third_day_hour(values: NDArray[np.float32]) -> Hours:
    """Return the largest hour of the day that only two days exceed, shape (paths,)."""
    paths, hours = values.shape
    daily = values.reshape(paths, hours // 24, 24)
    peaks = daily.max(axis=2)
    place = max(peaks.shape[1] - THIRD, 0)
    day = np.argpartition(peaks, place, axis=1)[:, place]
    return np.asarray(day * 24 + daily[np.arange(paths), day].argmax(axis=1), np.int64)


def _distinct(columns: list[Hours]) -> list[Hours]:
    """Return the columns without exact repeats, in their first order."""
    seen: dict[bytes, Hours] = {}
    for column in columns:
        seen.setdefault(column.tobytes(), column)
    return list(seen.values())
