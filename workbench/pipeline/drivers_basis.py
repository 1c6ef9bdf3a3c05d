"""On what the growth of each series rests, in words: its own past, its business drivers, both, or a belief."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.topology.resources import Driver
from workbench.pipeline.origin import Origin, OriginKind, assumed, computed

MOST_NAMES = 5
"""Tenants that a sentence names before it counts the rest."""
LONG_IN_YEARS_DAYS = 730
"""From here on lengths are said in years."""


class GrowthFrom(StrEnum):
    """Where growth comes from."""

    OWN = "own history"
    DRIVERS = "business drivers"
    POOLED = "business drivers and own history"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Follows:
    """One business driver that a series follows."""

    driver: str
    years: float
    """Length of its history."""
    elasticity: float
    """Per cent more of the series for one per cent more of the driver …"""
    elasticity_low: float
    """… 5 % quantile …"""
    elasticity_high: float
    """… and 95 % quantile."""
    per_unit: float
    """Series per unit of the driver on the common days; NaN where there are too few."""
    per_unit_error: float
    """Relative standard error of it."""


@dataclass(frozen=True, slots=True)
class GrowthBasis:
    """On what the growth of one series of one tenant rests."""

    tenant: str
    driver: Driver
    """The series that grows."""
    comes_from: GrowthFrom
    days: float
    """Length of its own history."""
    follows: tuple[Follows, ...]
    """Empty unless business drivers are used."""
    elasticity_assumed: bool
    """Whether the elasticities rest on a belief alone."""
    weight: float
    """Share of the paths that take their growth from the business drivers."""
    low: float
    """5 % quantile of growth a month, as a fraction."""
    high: float
    """95 % quantile of growth a month."""

    @property
    def text(self) -> str:
        """Return it as one clause."""
        return _clause([self])

    @property
    def origin(self) -> Origin:
        """Return it as the origin of figures; a belief anywhere marks it as assumed."""
        if self.comes_from == GrowthFrom.ASSUMED:
            return assumed(self.text)
        if self.follows and self.elasticity_assumed:
            return computed(self.text, assumed("as much more work as there is more business, elasticity 1 ± 0.2"))
        return Origin(OriginKind.FITTED, self.text)


def growth_said(bases: Sequence[GrowthBasis]) -> tuple[str, ...]:
    """Return what a reader must know of the growth behind the figures, one sentence for series that are alike."""
    alike: dict[tuple[GrowthFrom, tuple[str, ...], bool], list[GrowthBasis]] = {}
    for basis in bases:
        if basis.comes_from != GrowthFrom.OWN:
            key = basis.comes_from, tuple(one.driver for one in basis.follows), basis.elasticity_assumed
            alike.setdefault(key, []).append(basis)
    return tuple(_sentence(members) for members in alike.values())


def _sentence(members: Sequence[GrowthBasis]) -> str:
    text = f"{_clause(members)} ({_few(list(dict.fromkeys(basis.tenant for basis in members)))})"
    if members[0].comes_from == GrowthFrom.ASSUMED:
        return f"{text}: name [[drivers]] with years of counts to narrow it"
    return f"{text}; elasticity assumed 1 ± 0.2 until three months are known of both" if members[0].elasticity_assumed else text


def _clause(members: Sequence[GrowthBasis]) -> str:
    """Return where the growth of series that are alike comes from; of lengths the shortest, of growth the widest."""
    series = ", ".join(dict.fromkeys(basis.driver.value.replace("_", " ") for basis in members))
    days = min(basis.days for basis in members)
    own = f"{days:.0f} days" if days < LONG_IN_YEARS_DAYS else f"{days / 365.25:.1f} years"
    years = {
        one.driver: min(each.years for basis in members for each in basis.follows if each.driver == one.driver)
        for one in members[0].follows
    }
    drivers = ", ".join(f"{driver}, {length:.1f} years" for driver, length in years.items())
    match members[0].comes_from:
        case GrowthFrom.DRIVERS:
            return f"growth of {series} from {drivers}; season from {own}"
        case GrowthFrom.POOLED:
            low, high = min(basis.weight for basis in members), max(basis.weight for basis in members)
            share = f"{low:.0%}" if f"{low:.0%}" == f"{high:.0%}" else f"{low:.0%} to {high:.0%}"
            return f"growth of {series} from {drivers} ({share} of the paths) and their own {own}"
        case GrowthFrom.ASSUMED:
            low, high = min(basis.low for basis in members), max(basis.high for basis in members)
            return f"{series} of {own} of history: season unknown, growth assumed {_percent(low)} to {_percent(high)} %/month"
        case GrowthFrom.OWN:
            return f"growth of {series} from their own {own}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"


def _percent(share: float) -> str:
    return f"{100 * share:+.0f}"
