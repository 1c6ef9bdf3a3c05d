"""What tenants need of every resource, as joint sample paths, kept factored."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Driver, Resource

DRIVERS: tuple[Driver, ...] = tuple(Driver)
FLOWS: tuple[Driver, ...] = tuple(driver for driver in Driver if driver.flow)
STATES: tuple[Driver, ...] = tuple(driver for driver in Driver if not driver.flow)


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """How much of a resource one unit of a driver takes, per tenant and path."""

    resource: Resource
    driver: Driver
    per_unit: NDArray[np.float32]
    """Shape (tenants, paths)."""


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
    third_day: NDArray[np.float32]
    """Shape (paths, months): third-highest daily peak of the estate over the highest; makes soft exhaustion from peaks."""
    horizon_months: int
    """Months of the plan; the rest of the window only dates exhaustion."""
    moment_error: float
    """Largest shortfall of a tenant's monthly peak at the moments against all hours, as a share."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check that the shapes agree."""
        flows, measured, paths, moments = self.flows.shape
        states, measured_too, paths_too, months = self.states.shape
        if (flows, states) != (len(FLOWS), len(STATES)) or (measured, paths) != (measured_too, paths_too):
            raise ValueError(f"flows {self.flows.shape} and states {self.states.shape} must agree on drivers, tenants and paths")
        if self.month_of.shape != (moments,) or self.day_of.shape != (paths, moments) or self.third_day.shape != (paths, months):
            raise ValueError(f"month_of {self.month_of.shape}, day_of {self.day_of.shape}, third_day {self.third_day.shape} do not fit")
        if self.factors.shape != (len(DRIVERS), len(self.source), months):
            raise ValueError(f"factors have shape {self.factors.shape}, not {(len(DRIVERS), len(self.source), months)}")
        for link in self.links:
            if link.per_unit.shape != (measured, paths):
                raise ValueError(f"per_unit of {link.resource} by {link.driver} is {link.per_unit.shape}, not {(measured, paths)}")
            link.per_unit.flags.writeable = False
        for array in (self.flows, self.states, self.source, self.factors, self.month_of, self.day_of, self.third_day):
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
        """Return the demand of the first months alone; the horizon is cut with it."""
        kept = self.month_of < months
        return Demand(
            flows=self.flows[..., kept],
            states=self.states[..., :months],
            links=self.links,
            source=self.source,
            factors=self.factors[..., :months],
            month_of=self.month_of[kept],
            day_of=self.day_of[:, kept],
            third_day=self.third_day[:, :months],
            horizon_months=min(self.horizon_months, months),
            moment_error=self.moment_error,
        )

    def flowing(self, resource: Resource) -> bool:
        """Return whether the resource peaks within a day, so that it lives on moments and not on months."""
        return any(link.driver.flow for link in self.links if link.resource == resource)

    def of_tenants(self, resource: Resource, tenants: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return a resource's demand per tenant, shape (tenants, paths, moments), or (…, months) if no flow drives it."""
        parts = [link for link in self.links if link.resource == resource]
        if not parts:
            raise ValueError(f"demand holds no {resource}: it has {', '.join(sorted({link.resource for link in self.links}))}")
        rows = np.arange(self.tenants) if tenants is None else tenants
        columns = self.month_of if self.flowing(resource) else np.arange(self.months)
        total = np.zeros((len(rows), self.paths, len(columns)), np.float32)
        for link in parts:
            factor = self.factors[DRIVERS.index(link.driver)][rows][:, columns]
            unit = link.per_unit[self.source[rows]]
            total += self._values(link.driver, columns)[self.source[rows]] * unit[:, :, None] * factor[:, None, :]
        return total

    def _values(self, driver: Driver, columns: NDArray[np.int64]) -> NDArray[np.float32]:
        values: NDArray[np.float32] = self.flows[FLOWS.index(driver)] if driver.flow else self.states[STATES.index(driver)][:, :, columns]
        return values
