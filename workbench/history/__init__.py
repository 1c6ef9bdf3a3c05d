"""History: what the sources said, kept in Parquet, and the clean series derived from it."""

from workbench.history.clean import HourlySeries
from workbench.history.manifest import Entry, Manifest
from workbench.history.store import History, open_history

__all__ = ["Entry", "History", "HourlySeries", "Manifest", "open_history"]
