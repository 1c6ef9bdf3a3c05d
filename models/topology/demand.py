"""What tenants need of every resource, as joint sample paths, kept factored."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Driver, Resource

DRIVERS: tuple[Driver, ...] = tuple(Driver)
FLOWS: tuple[Driver, ...] = tuple(driver for driver in Driver if driver.flow)
STATES: tuple[Driver, ...] = tuple(driver for driver in Driver if not driver.flow)
Rows = NDArray[np.int64]
Paths = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """How much of a resource one unit of a driver takes, per tenant and path."""

    resource: Resource
    driver: Driver
    per_unit: NDArray[np.float32]
    """Shape (tenants, paths)."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnMoments:
    """Each measured tenant's flows in the hours that decide for it alone; its own peaks, exactly."""

    flows: NDArray[np.float32]
    """Shape (flow drivers, measured tenants, paths, columns)."""
    day_of: NDArray[np.int16]
    """Shape (measured tenants, paths, columns): day since the start of the window."""
    month_of: NDArray[np.int64]
    """Shape (columns,): month of the window; ascending, the first months of it, each as often as any other."""
    days: NDArray[np.int64]
    """Shape (columns,): days of the month that reach at least as much: 1 for the peak, 3 for the third-highest day."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check that the shapes agree."""
        _, measured, paths, columns = self.flows.shape
        if self.day_of.shape != (measured, paths, columns) or self.month_of.shape != (columns,) or self.days.shape != (columns,):
            raise ValueError(f"flows {self.flows.shape}, day_of {self.day_of.shape}, month_of {self.month_of.shape} do not fit")
        for array in (self.flows, self.day_of, self.month_of, self.days):
            array.flags.writeable = False

    @property
    def months(self) -> int:
        """First months of the window for which own moments are kept."""
        return int(self.month_of[-1]) + 1 if len(self.month_of) else 0

    def until(self, months: int) -> "OwnMoments":
        """Return the own moments of the first months."""
        kept = int(np.searchsorted(self.month_of, months))
        return OwnMoments(self.flows[..., :kept], self.day_of[..., :kept], self.month_of[:kept], self.days[:kept])


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Joint demand of all tenants: drivers at the moments that decide, times demand per unit.

    A moment is an instant that may differ from path to path (the worst hour of a month for some group of tenants);
    at one moment and path all tenants are looked at in the same hour, so sums over tenants are sums of that hour.
    """

    flows: NDArray[np.float32]
    """Shape (flow drivers, measured tenants, paths, moments): hourly means, in units per second."""
    states: NDArray[np.float32]
    """Shape (state drivers, measured tenants, paths, months): largest level in the month."""
    links: tuple[Link, ...]
    """Demand per unit of driver."""
    source: NDArray[np.int64]
    """Shape (tenants,): which measured tenant each tenant takes its paths from (itself, or the one it is like)."""
    factors: NDArray[np.float32]
    """Shape (drivers, tenants, months): what scales the paths; 0 before a tenant comes and after it left."""
    month_of: NDArray[np.int64]
    """Shape (moments,): month of the window each moment lies in; ascending."""
    day_of: NDArray[np.int16]
    """Shape (paths, moments): day since the start of the window."""
    own: OwnMoments
    """The hours in which each tenant by itself peaks, for pools of one and for the largest tenant of a small pool."""
    horizon_months: int
    """Months of the plan; the rest of the window only dates exhaustion."""
    moment_error: float
    """Largest shortfall of a tenant's monthly peak at the shared moments against all hours, as a share."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check that the shapes agree."""
        flows, measured, paths, moments = self.flows.shape
        states, measured_too, paths_too, months = self.states.shape
        if (flows, states) != (len(FLOWS), len(STATES)) or (measured, paths) != (measured_too, paths_too):
            raise ValueError(f"flows {self.flows.shape} and states {self.states.shape} must agree on drivers, tenants and paths")
        if self.month_of.shape != (moments,) or self.day_of.shape != (paths, moments):
            raise ValueError(f"month_of {self.month_of.shape} and day_of {self.day_of.shape} do not fit {moments} moments")
        if self.own.flows.shape[:3] != (flows, measured, paths):
            raise ValueError(f"own moments have shape {self.own.flows.shape}, not {(flows, measured, paths)} and columns")
        if self.factors.shape != (len(DRIVERS), len(self.source), months):
            raise ValueError(f"factors have shape {self.factors.shape}, not {(len(DRIVERS), len(self.source), months)}")
        for link in self.links:
            if link.per_unit.shape != (measured, paths):
                raise ValueError(f"per_unit of {link.resource} by {link.driver} is {link.per_unit.shape}, not {(measured, paths)}")
            link.per_unit.flags.writeable = False
        for array in (self.flows, self.states, self.source, self.factors, self.month_of, self.day_of):
            array.flags.writeable = False

    @property
    def tenants(self) -> int:
        """Number of tenants, those to come included."""
        return len(self.source)

    @property
    def paths(self) -> int:
        """Number of joint sample paths."""
        return int(self.flows.shape[2])

    @property
    def months(self) -> int:
        """Months of the window (horizon and beyond)."""
        return int(self.states.shape[3])

    def until(self, months: int) -> "Demand":
        """Return the demand of the first months alone; the horizon is cut with it, no array is copied."""
        kept = int(np.searchsorted(self.month_of, months))
        return Demand(
            flows=self.flows[..., :kept],
            states=self.states[..., :months],
            links=self.links,
            source=self.source,
            factors=self.factors[..., :months],
            month_of=self.month_of[:kept],
            day_of=self.day_of[:, :kept],
            own=self.own.until(months),
            horizon_months=min(self.horizon_months, months),
            moment_error=self.moment_error,
        )

    def flowing(self, resource: Resource) -> bool:
        """Return whether the resource peaks within a day, so that it lives on moments and not on months."""
        return any(link.driver.flow for link in self.links if link.resource == resource)

    def changed_from(self, other: "Demand") -> NDArray[np.bool_] | None:
        """Return which tenants need another amount than in `other`, shape (tenants,); None if paths or tenants are others."""
        same = self.flows is other.flows and self.states is other.states and self.own is other.own
        kinds = [(link.resource, link.driver) for link in self.links] == [(link.resource, link.driver) for link in other.links]
        if not (same and kinds and self.factors.shape == other.factors.shape and np.array_equal(self.source, other.source)):
            return None
        changed = np.asarray((self.factors != other.factors).any(axis=(0, 2)))
        for one, before in zip(self.links, other.links, strict=True):
            if one.per_unit is not before.per_unit:
                changed |= (one.per_unit != before.per_unit).any(axis=1)[self.source]
        return changed

    def of_tenants(self, resource: Resource, tenants: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return a resource's demand per tenant, shape (tenants, paths, moments), or (…, months) if no flow drives it."""
        rows = np.arange(self.tenants) if tenants is None else tenants
        columns = self.month_of if self.flowing(resource) else np.arange(self.months)
        return self._added(resource, rows, columns, lambda driver, measured: self._values(driver, columns, measured))

    def own_of(self, resource: Resource, tenants: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return a resource's demand in each tenant's own hours, shape (tenants, paths, own columns).

        A state that the resource also follows counts with its month. Only for resources that peak within a day.
        """
        columns = self.own.month_of
        return self._added(resource, tenants, columns, lambda driver, measured: self._own_values(driver, columns, measured))

    def links_of(self, resource: Resource) -> tuple[Link, ...]:
        """Return what the resource follows, or raise ValueError naming the resources there are."""
        parts = tuple(link for link in self.links if link.resource == resource)
        if not parts:
            raise ValueError(f"demand holds no {resource}: it has {', '.join(sorted({link.resource for link in self.links}))}")
        return parts

    def _added(
        self, resource: Resource, rows: NDArray[np.int64], columns: NDArray[np.int64], values: Callable[[Driver, Rows], Paths]
    ) -> NDArray[np.float32]:
        total: NDArray[np.float32] | None = None
        measured = self.source[rows]
        for link in self.links_of(resource):
            factor = self.factors[DRIVERS.index(link.driver)][rows][:, columns]
            if not factor.any():
                continue
            part = values(link.driver, measured) * link.per_unit[measured][:, :, None]
            if not (factor == 1).all():
                part *= factor[:, None, :]
            total = part if total is None else np.add(total, part, out=total)
        return np.zeros((len(rows), self.paths, len(columns)), np.float32) if total is None else total

    def _values(self, driver: Driver, columns: NDArray[np.int64], measured: NDArray[np.int64]) -> NDArray[np.float32]:
        if driver.flow:
            return np.asarray(self.flows[FLOWS.index(driver)][measured])
        return np.asarray(self.states[STATES.index(driver)][measured][:, :, columns])

    def _own_values(self, driver: Driver, columns: NDArray[np.int64], measured: NDArray[np.int64]) -> NDArray[np.float32]:
        if driver.flow:
            return np.asarray(self.own.flows[FLOWS.index(driver)][measured])
        return np.asarray(self.states[STATES.index(driver)][measured][:, :, columns])
