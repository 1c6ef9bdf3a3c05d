"""What a forecast says about itself, series by series."""

from dataclasses import dataclass
from enum import StrEnum

from models.growth.level import Episode
from models.growth.preparation import Stretch
from models.growth.shifts import LevelShift


class GrowthReason(StrEnum):
    """Codes for what limits a forecast; the workbench turns them into text."""

    GROWTH_ASSUMED = "growth_assumed"
    """Less than 90 days: growth rests on the prior, not on data."""
    WEEK_UNKNOWN = "week_unknown"
    """Less than two weeks: the weekly shape rests on day types."""
    YEAR_UNKNOWN = "year_unknown"
    """Less than 400 days: no yearly season could be seen."""
    LEVEL_SHIFT = "level_shift"
    OUTAGE_EXCLUDED = "outage_excluded"
    MUCH_MISSING = "much_missing"
    """More than a tenth of the samples is missing."""
    ALL_ZERO = "all_zero"
    CONSTANT = "constant"
    """Every known value is the same: nothing shows how it varies."""
    ONE_VALUE = "one_value"
    EXTRAPOLATED = "extrapolated"
    """The horizon is longer than any past origin could check."""
    NOT_BACKTESTED = "not_backtested"
    """No past origin was possible at all: the width is assumed."""
    SHRUNK_TO_FLEET = "shrunk_to_fleet"
    UNRELATED = "unrelated"
    """No dates were given: sums treat the series as independent."""
    SATURATED = "saturated"
    """Some samples lie at the ceiling of what could be measured: demand was at least that; forecast what causes it, not the utilisation."""
    PEAKS_FROM_FLEET = "peaks_from_fleet"
    """The history is too short to know its own peaks: their height follows what happened to the class."""
    STALE = "stale"
    """The last samples before the end are missing."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How one series was read and how far the answer can be trusted."""

    steps: int
    """Samples of the history, from the first known one on: where shifts and stretches are counted from."""
    growth_per_month: float
    """Median growth per month at the end of the history, as a fraction."""
    growth_per_month_p05: float
    """Lower end of its 90 % interval."""
    growth_per_month_p95: float
    """Upper end of its 90 % interval."""
    shifts: tuple[LevelShift, ...]
    """Abrupt and lasting changes of the level that were found."""
    episodes: tuple[Episode, ...]
    """Stretches, in samples, far from the usual level that came back: left out of level and growth, kept in what paths repeat."""
    missing_share: float
    """Share of samples that were never measured."""
    outage_steps: int
    """Samples excluded as outage."""
    saturated_share: float
    """Share of samples measured at the ceiling: lower bounds of demand."""
    excluded: tuple[Stretch, ...]
    """Excluded stretches with reasons, for display."""
    weights: tuple[tuple[str, float], ...]
    """Candidates that carry the paths, with their probability."""
    undamped_share: float
    """Share of the growth over the horizon that rests on the branch without damping."""
    extrapolated_share: float
    """Share of the growth over the horizon that lies beyond the longest horizon that past origins checked."""
    effects: tuple[tuple[str, float, float], ...]
    """Calendar effects on the log level: name, mean, standard deviation."""
    backtested_steps: int
    """Longest horizon that past origins checked, in steps."""
    extrapolated: bool
    """Whether the horizon is longer than that."""
    reasons: tuple[GrowthReason, ...]
    """What limits this forecast."""
