"""Changes to demand: each is a factor on paths that stay as they are, so that several of them hold at once in any order."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Literal, TypeAlias, get_args

from workbench.study.edits.checks import check_above_zero, check_days, check_names, check_one_target

Keeping: TypeAlias = Literal["day", "week"]
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class ScaleDriver:
    """More or less of a driver, for one tenant, a class or all, always or in a window of days.

    A business driver (orders, users) reaches the technical ones by their elasticity.
    """

    driver: str
    factor: float
    tenant: str | None = None
    start: date | None = None
    end: date | None = None
    """Last day; None: for good."""
    environment: str | None = None

    def __post_init__(self) -> None:
        check_names(self, driver=self.driver)
        check_above_zero(self, factor=self.factor)
        _check_scope(self, self.tenant, self.environment, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Jump:
    """Everything that tenants do becomes more or less at once, for good or for a window of days."""

    factor: float
    tenant: str | None = None
    start: date | None = None
    end: date | None = None
    environment: str | None = None

    def __post_init__(self) -> None:
        check_above_zero(self, factor=self.factor)
        _check_scope(self, self.tenant, self.environment, self.start, self.end)


@dataclass(frozen=True, slots=True)
class ChangeGrowth:
    """So much more growth a month than forecast, compounded."""

    per_month: float
    """As a fraction; negative for less."""
    tenant: str | None = None
    driver: str | None = None
    """None: all of them."""
    start: date | None = None
    environment: str | None = None

    def __post_init__(self) -> None:
        if not isfinite(self.per_month) or not -1 < self.per_month <= 1:
            raise ValueError(
                f"{type(self).__name__}: per_month is {self.per_month} and must lie above -1 and not above 1: 0.02 is 2 % a month"
            )
        _check_scope(self, self.tenant, self.environment, self.start, None, self.driver)


@dataclass(frozen=True, slots=True)
class ScaleGrowth:
    """The forecast growth times a number: 0.5 halves it, 0 stops it."""

    times: float
    tenant: str | None = None
    driver: str | None = None
    """None: all of them."""
    start: date | None = None
    environment: str | None = None

    def __post_init__(self) -> None:
        if not isfinite(self.times) or self.times < 0:
            raise ValueError(f"{type(self).__name__}: times is {self.times} and must be finite and at least 0: 0.5 halves growth")
        _check_scope(self, self.tenant, self.environment, self.start, None, self.driver)


@dataclass(frozen=True, slots=True)
class SetWorkingDays:
    """Plants work another number of days a week than their history shows."""

    days: int
    tenant: str | None = None
    start: date | None = None
    end: date | None = None
    environment: str | None = None
    keeping: Keeping = "day"
    """What stays as it is: the work of a day, so that a week holds more or less; or that of a week, so that its days do."""

    def __post_init__(self) -> None:
        if not 1 <= self.days <= DAYS_PER_WEEK:
            raise ValueError(f"{type(self).__name__}: days is {self.days} and must be 1 to {DAYS_PER_WEEK} a week")
        if self.keeping not in get_args(Keeping):
            raise ValueError(f"{type(self).__name__}: keeping is {self.keeping!r} and must be one of {', '.join(get_args(Keeping))}")
        _check_scope(self, self.tenant, self.environment, self.start, self.end)


DemandEdit = ScaleDriver | Jump | ChangeGrowth | ScaleGrowth | SetWorkingDays


def _check_scope(
    edit: object, tenant: str | None, environment: str | None, start: date | None, end: date | None, driver: str | None = None
) -> None:
    given = {"tenant": tenant, "environment": environment, "driver": driver}
    check_names(edit, **{argument: value for argument, value in given.items() if value is not None})
    check_one_target(edit, tenant, environment)
    check_days(edit, start, end)
