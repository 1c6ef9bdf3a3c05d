"""How fast the drivers of a tenant grow, what carries their forecast and how far it was checked, as flat values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from models.growth import Diagnostics, GrowthReason
from workbench.pipeline.drivers_basis import GrowthBasis
from workbench.pipeline.growth import Grown
from workbench.pipeline.parameters import NORMAL_95
from workbench.pipeline.session import Session


@dataclass(frozen=True, slots=True)
class Step:
    """An abrupt and lasting change of the level."""

    day: date
    change: float
    """As a fraction of the level before it."""


@dataclass(frozen=True, slots=True)
class CalendarEffect:
    """What a kind of day does to demand."""

    name: str
    change: float
    """As a fraction of an ordinary day."""
    low: float
    """5 % quantile."""
    high: float
    """95 % quantile."""


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """One driver of one tenant."""

    tenant: str
    driver: str
    growth_per_month: float
    """Median of what its own history says, as a fraction."""
    low: float
    """5 % quantile of the growth that the paths take, business drivers included."""
    high: float
    """95 % quantile of it."""
    guessed: bool
    """Whether growth rests on a belief: too little history and no business driver."""
    basis: GrowthBasis | None
    steps: tuple[Step, ...]
    carried_by: tuple[tuple[str, float], ...]
    """Candidates with their share of the paths."""
    undamped_share: float
    """Share of the growth to the end of the window that rests on paths that never slow down."""
    extrapolated_share: float
    """Share of that growth that lies beyond what past origins checked."""
    checked_days: int
    """Longest horizon that past origins checked."""
    extrapolated: bool
    """Whether the window is longer."""
    effects: tuple[CalendarEffect, ...]
    reasons: tuple[str, ...]
    """Values of `GrowthReason`."""


def growth_rows(session: Session, tenants: Sequence[str], drivers: Sequence[str] | None = None) -> tuple[GrowthRow, ...]:
    """Return every driver of these tenants that has history, in the order of the drivers; None: of all drivers."""
    names = session.observed.tenants
    bases = {(basis.tenant, basis.driver.value): basis for basis in session.growth.bases}
    return tuple(
        _row(session, part, part.forecast.diagnostics[index], names[row], bases.get((names[row], part.driver.value)))
        for part in session.growth.parts
        for index, row in enumerate(part.rows)
        if names[row] in tenants and (drivers is None or part.driver.value in drivers)
    )


def _row(session: Session, part: Grown, said: Diagnostics, tenant: str, basis: GrowthBasis | None) -> GrowthRow:
    follows = basis is not None and bool(basis.follows)
    per_day = 24 if part.driver.flow else 1
    as_of = session.observed.as_of
    return GrowthRow(
        tenant=tenant,
        driver=part.driver.value,
        growth_per_month=said.growth_per_month,
        low=basis.low if basis is not None and follows else said.growth_per_month_p05,
        high=basis.high if basis is not None and follows else said.growth_per_month_p95,
        guessed=GrowthReason.GROWTH_ASSUMED in said.reasons and not follows,
        basis=basis,
        steps=tuple(Step(as_of - timedelta(days=-(-(said.steps - one.step) // per_day)), _change(one.log_size)) for one in said.shifts),
        carried_by=said.weights,
        undamped_share=said.undamped_share,
        extrapolated_share=said.extrapolated_share,
        checked_days=said.backtested_steps // per_day,
        extrapolated=said.extrapolated,
        effects=tuple(
            CalendarEffect(name, _change(mean), _change(mean - NORMAL_95 * sd), _change(mean + NORMAL_95 * sd))
            for name, mean, sd in said.effects
        ),
        reasons=tuple(reason.value for reason in said.reasons),
    )


def _change(log_size: float) -> float:
    return float(np.expm1(log_size))
