"""Redis as a session store: keys that saturate, bytes of a key, memory while saving."""

from models.redis_memory.bytes import BytesFit, fit_bytes, table_bytes
from models.redis_memory.classes import ANONYMOUS_TTL_S, USER_TTL_S, KeyClass, living_keys
from models.redis_memory.fit import RedisFit, fit_redis
from models.redis_memory.fork import ForkCopy, copied_bytes, fork_copy
from models.redis_memory.needed import NeededMemory, check_evictions, fragmentation_of, needed_memory

__all__ = [
    "ANONYMOUS_TTL_S",
    "USER_TTL_S",
    "BytesFit",
    "ForkCopy",
    "KeyClass",
    "NeededMemory",
    "RedisFit",
    "check_evictions",
    "copied_bytes",
    "fit_bytes",
    "fit_redis",
    "fork_copy",
    "fragmentation_of",
    "living_keys",
    "needed_memory",
    "table_bytes",
]
