"""Growth: joint sample paths of demand, their peaks, sums and dates of exhaustion."""

from models.growth.calendar import BusinessCalendar, holiday_calendar
from models.growth.diagnostics import Diagnostics, GrowthReason
from models.growth.exhaustion import FirstPassage
from models.growth.fleet import forecast
from models.growth.preparation import Cleaned, Exclusion, Stretch, clean
from models.growth.result import Forecast, Summary
from models.growth.shifts import LevelShift

__all__ = [
    "BusinessCalendar",
    "Cleaned",
    "Diagnostics",
    "Exclusion",
    "FirstPassage",
    "Forecast",
    "GrowthReason",
    "LevelShift",
    "Stretch",
    "Summary",
    "clean",
    "forecast",
    "holiday_calendar",
]
