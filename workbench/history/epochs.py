"""The epoch of a sample: what must be unchanged for two counter values to be comparable."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class DatabaseEpoch:
    """Epoch of PostgreSQL statistics, written as `stats_reset|system identifier`."""

    reset_ms: int | None
    """When the statistics were last reset, milliseconds since 1970 UTC; None when the server did not say."""
    system: str
    """System identifier of the cluster; empty when the server did not say."""


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
