"""PostgreSQL: one look at its statistics, pg_profile's history, and business counts by read-only SQL."""

from workbench.sources.postgres.connection import PostgresConnection
from workbench.sources.postgres.details import Replica, Sessions, Statement
from workbench.sources.postgres.drivers import EXAMPLES, DriverCounts, read_driver, tenant_databases
from workbench.sources.postgres.grants import driver_grants, grant_statements
from workbench.sources.postgres.profile import read_profile
from workbench.sources.postgres.snapshot import Snapshot, snapshot

__all__ = [
    "EXAMPLES",
    "DriverCounts",
    "PostgresConnection",
    "Replica",
    "Sessions",
    "Snapshot",
    "Statement",
    "driver_grants",
    "grant_statements",
    "read_driver",
    "read_profile",
    "snapshot",
    "tenant_databases",
]
