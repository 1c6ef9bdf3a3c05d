"""The vocabulary of capacity: what a tenant needs and which layer provides it."""

from enum import StrEnum


class Layer(StrEnum):
    """A tier of the platform whose instances tenants share or own."""

    INGRESS = "ingress"
    WORKERS = "workers"
    INTEGRATION = "integration"
    DATABASE = "database server"
    CACHE = "cache"
    FILESTORE = "filestore"
    BACKUP = "backup"
    PLATFORM = "platform"
    OBSERVABILITY = "observability"


class Resource(StrEnum):
    """Something a pool can run out of."""

    WORKER_TIME = "worker_time"
    CPU = "cpu"
    MEMORY = "memory"
    DATABASE_CPU = "database_cpu"
    DATABASE_MEMORY = "database_memory"
    POSTGRES_IOPS = "postgres_iops"
    POSTGRES_THROUGHPUT = "postgres_throughput"
    CONNECTIONS = "connections"
    STORAGE = "storage"
    REDIS_MEMORY = "redis_memory"
    INGRESS = "ingress"
    FILESTORE = "filestore"

    @property
    def unit(self) -> str:
        """Unit of demand and capacity; bytes are binary, rates are per second."""
        return _UNITS[self]

    @property
    def layer(self) -> Layer:
        """The layer whose pools provide the resource."""
        return _LAYERS[self]

    @property
    def hard(self) -> bool:
        """Whether the first crossing already fails (memory, disk), not only slows down (CPU, IOPS)."""
        return self in _HARD


class Driver(StrEnum):
    """What grows for business reasons and carries the resources with it."""

    REQUESTS = "requests"
    BATCH = "batch"
    SESSIONS = "sessions"
    STORED_BYTES = "stored_bytes"
    FILES_BYTES = "files_bytes"

    @property
    def flow(self) -> bool:
        """Whether it is a rate that peaks within a day, not a level that is kept."""
        return self in (Driver.REQUESTS, Driver.BATCH)


_UNITS = {
    Resource.WORKER_TIME: "busy workers",
    Resource.CPU: "cores",
    Resource.MEMORY: "bytes",
    Resource.DATABASE_CPU: "cores",
    Resource.DATABASE_MEMORY: "bytes",
    Resource.POSTGRES_IOPS: "operations/s",
    Resource.POSTGRES_THROUGHPUT: "bytes/s",
    Resource.CONNECTIONS: "connections",
    Resource.STORAGE: "bytes",
    Resource.REDIS_MEMORY: "bytes",
    Resource.INGRESS: "requests/s",
    Resource.FILESTORE: "bytes",
}

_LAYERS = {
    Resource.WORKER_TIME: Layer.WORKERS,
    Resource.CPU: Layer.WORKERS,
    Resource.MEMORY: Layer.WORKERS,
    Resource.DATABASE_CPU: Layer.DATABASE,
    Resource.DATABASE_MEMORY: Layer.DATABASE,
    Resource.POSTGRES_IOPS: Layer.DATABASE,
    Resource.POSTGRES_THROUGHPUT: Layer.DATABASE,
    Resource.CONNECTIONS: Layer.DATABASE,
    Resource.STORAGE: Layer.DATABASE,
    Resource.REDIS_MEMORY: Layer.CACHE,
    Resource.INGRESS: Layer.INGRESS,
    Resource.FILESTORE: Layer.FILESTORE,
}

_HARD = frozenset(
    {Resource.MEMORY, Resource.DATABASE_MEMORY, Resource.CONNECTIONS, Resource.STORAGE, Resource.REDIS_MEMORY, Resource.FILESTORE}
)
