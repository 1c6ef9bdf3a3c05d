"""The epoch of a sample: what must be unchanged for two counter values to be comparable."""

from dataclasses import dataclass
from datetime import UTC, datetime

COUNTED_BY_US = ("window:", "pg_profile:", "odoo-log:")
"""Sources whose readers count by themselves: each window, report or log that is read begins a count of its own."""


@dataclass(frozen=True, slots=True)
class DatabaseEpoch:
    """Epoch of PostgreSQL statistics, written as `stats_reset|system identifier`."""

    reset_ms: int | None
    """When the statistics were last reset, milliseconds since 1970 UTC; None when the server did not say."""
    system: str
    """System identifier of the cluster, or the source whose reader counted; empty when the server did not say."""

    @property
    def counted_by_us(self) -> bool:
        """Whether a reader of ours made the count, so that a new epoch need not mean that anything was restarted."""
        return self.system.startswith(COUNTED_BY_US)


def database_epoch(epoch: str) -> DatabaseEpoch | None:
    """Return the parts of a PostgreSQL epoch; None for any other (a process start, nothing)."""
    reset, bar, system = epoch.partition("|")
    if not bar:
        return None
    return DatabaseEpoch(_moment_ms(reset.strip()), system.strip())


def _moment_ms(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
