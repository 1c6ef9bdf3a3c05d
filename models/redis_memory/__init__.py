"""Redis as a session store: keys that saturate, bytes of a key, memory while saving."""

from models.redis_memory.bytes import BytesFit, fit_bytes, table_bytes
from models.redis_memory.classes import ANONYMOUS_TTL_S, USER_TTL_S, KeyClass, living_keys
from models.redis_memory.draws import StoreDraws
from models.redis_memory.evictions import LostSessions, lost_sessions, lost_to, room_for_keys
from models.redis_memory.expiry import keys_met_per_s, stale_share, sweep_s
from models.redis_memory.fit import RedisFit, fit_redis
from models.redis_memory.fork import ForkCopy, copied_bytes, fork_copy
from models.redis_memory.needed import NeededMemory, check_evictions, fragmentation_of, needed_memory

__all__ = [
    "ANONYMOUS_TTL_S",
    "USER_TTL_S",
    "BytesFit",
    "ForkCopy",
    "KeyClass",
    "LostSessions",
    "NeededMemory",
    "RedisFit",
    "StoreDraws",
    "check_evictions",
    "copied_bytes",
    "fit_bytes",
    "fit_redis",
    "fork_copy",
    "fragmentation_of",
    "keys_met_per_s",
    "living_keys",
    "lost_sessions",
    "lost_to",
    "needed_memory",
    "room_for_keys",
    "stale_share",
    "sweep_s",
    "table_bytes",
]
