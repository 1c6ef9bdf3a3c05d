"""PostgreSQL input and output: who causes it, what a cache saves, what the device must carry, which limit binds."""

from models.intervals import Interval
from models.postgres_io.cache import CacheFit, effective_pages, filling_misses, fit_cache, miss_ratio_of, misses_in_shared_cache
from models.postgres_io.demand import Attribution, attribute
from models.postgres_io.device import PAGE_BYTES, DeviceFit, fit_device, pages_touched, wal_bytes_per_s
from models.postgres_io.latency import QueueRun, run_queue
from models.postgres_io.limits import Bucket, BucketRun, LimitCheck, Limits, Need, check_limits, restore_seconds, run_bucket
from models.postgres_io.recovery import ColdStart, cold_start, lost_on_failover
from models.postgres_io.size import NeededIo, Writes, needed_io
from models.postgres_io.stratum import Stratum
from models.postgres_io.table import TableBlocks
from models.postgres_io.tables_cache import TablesFit, fit_tables
from models.postgres_io.two_causes import TwoCauses
from models.postgres_io.writes import fit_log, fit_writes, images_between_checkpoints, log_bytes_per_s

__all__ = [
    "PAGE_BYTES",
    "Attribution",
    "Bucket",
    "BucketRun",
    "CacheFit",
    "ColdStart",
    "DeviceFit",
    "Interval",
    "LimitCheck",
    "Limits",
    "Need",
    "NeededIo",
    "QueueRun",
    "Stratum",
    "TableBlocks",
    "TablesFit",
    "TwoCauses",
    "Writes",
    "attribute",
    "check_limits",
    "cold_start",
    "effective_pages",
    "filling_misses",
    "fit_cache",
    "fit_device",
    "fit_log",
    "fit_tables",
    "fit_writes",
    "images_between_checkpoints",
    "log_bytes_per_s",
    "lost_on_failover",
    "miss_ratio_of",
    "misses_in_shared_cache",
    "needed_io",
    "pages_touched",
    "restore_seconds",
    "run_bucket",
    "run_queue",
    "wal_bytes_per_s",
]
