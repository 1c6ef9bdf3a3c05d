"""Growth: joint sample paths of demand, their peaks, sums and dates of exhaustion."""

from models.growth.backtest import Backtest, PastPeaks, backtest
from models.growth.calendar import BusinessCalendar, holiday_calendar
from models.growth.diagnostics import Diagnostics, GrowthReason
from models.growth.exhaustion import FirstPassage
from models.growth.fleet import forecast
from models.growth.judging import Gap, Judged, Score
from models.growth.level import Episode
from models.growth.preparation import Cleaned, Exclusion, Stretch, clean
from models.growth.reliability import Reliability
from models.growth.result import Forecast, Summary
from models.growth.shifts import LevelShift

__all__ = [
    "Backtest",
    "BusinessCalendar",
    "Cleaned",
    "Diagnostics",
    "Episode",
    "Exclusion",
    "FirstPassage",
    "Forecast",
    "Gap",
    "GrowthReason",
    "Judged",
    "LevelShift",
    "PastPeaks",
    "Reliability",
    "Score",
    "Stretch",
    "Summary",
    "backtest",
    "clean",
    "forecast",
    "holiday_calendar",
]
