"""`size` of a database's cache or of a session cache, of numbers alone."""

from dataclasses import dataclass

from models.postgres_io import PAGE_BYTES, Stratum
from models.redis_memory import KeyClass
from workbench.exports.documents import Json, json_text, to_json
from workbench.pipeline.show_servers import CacheCurve, KeyCurve, keys_from_empty, reads_by_cache


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """A database server in its busiest hour."""

    stored_bytes: int
    buffers_bytes: int
    """Shared buffers of today."""
    reads_per_s: float
    """Blocks looked up, in cache or not."""
    missed: float
    """Share of them that is not in shared buffers."""
    wanted_bytes: int | None = None
    """Shared buffers asked about; None: those of today."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """A session cache."""

    created_per_s: float
    life_s: float
    key_bytes: int


def size_database(options: DatabaseOptions) -> CacheCurve:
    """Return device reads over sizes of the cache; needs no study."""
    stratum = Stratum(max(options.stored_bytes / PAGE_BYTES, 1.0), options.reads_per_s, options.missed)
    wanted = None if options.wanted_bytes is None else float(options.wanted_bytes)
    return reads_by_cache("database", stratum, float(options.buffers_bytes), wanted)


def size_sessions(options: SessionOptions) -> KeyCurve:
    """Return the memory of keys over time from empty; needs no study."""
    return keys_from_empty("session cache", KeyClass(options.created_per_s, options.life_s), float(options.key_bytes))


def database_json(curve: CacheCurve) -> str:
    """Return reads by cache size as a document."""
    columns = (curve.cache_bytes.tolist(), curve.low.tolist(), curve.middle.tolist(), curve.high.tolist())
    sizes: list[Json] = [
        {"cache_bytes": size, "iops_low": low, "iops": middle, "iops_high": high} for size, low, middle, high in zip(*columns, strict=True)
    ]
    low, middle, high = curve.set_iops
    return json_text(
        {
            "observed": {"cache_bytes": curve.observed_bytes, "iops": curve.observed_iops},
            "set": {"cache_bytes": curve.set_bytes, "iops_low": low, "iops": middle, "iops_high": high},
            "sizes": sizes,
        }
    )


def sessions_json(curve: KeyCurve) -> str:
    """Return keys and memory of a session cache as a document."""
    filling: list[Json] = [
        {"hours": hours, "memory_bytes": memory} for hours, memory in zip(curve.hours.tolist(), curve.memory_bytes.tolist(), strict=True)
    ]
    return json_text({"keys": curve.keys, "life_s": curve.ttl_s, "memory_bytes": to_json(curve.observed_bytes), "from_empty": filling})
