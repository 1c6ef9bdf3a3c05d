"""History: what the sources said, kept in Parquet, and the clean series derived from it."""

from workbench.history.clean import HourlySeries
from workbench.history.manifest import Entry, Manifest
from workbench.history.quality import SeriesQuality, quality
from workbench.history.snapshots import Folded, append_snapshot, fold_snapshots
from workbench.history.store import History, open_history

__all__ = [
    "Entry",
    "Folded",
    "History",
    "HourlySeries",
    "Manifest",
    "SeriesQuality",
    "append_snapshot",
    "fold_snapshots",
    "open_history",
    "quality",
]
