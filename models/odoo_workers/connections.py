"""Database connections of an Odoo installation: a hard limit, beyond it requests fail and nothing waits."""

import math
from dataclasses import dataclass

from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

DB_MAXCONN = 64
"""Odoo's default `db_maxconn`, per process (odoo/tools/config.py, 18.0, read 2026)."""
SERVER_RESERVED = 3
"""PostgreSQL's default superuser_reserved_connections (documentation of 13 to 18)."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of one replica that open connections."""

    workers: int
    """HTTP workers."""
    cron: int = 2
    """Cron workers (`max_cron_threads`, default 2)."""
    gevent: int = 1
    """Long-polling process."""
    master: int = 1
    """Master process."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.workers + self.cron + self.gevent + self.master


@dataclass(frozen=True, slots=True)
class Connections:
    """Connections of all replicas to one database server."""

    usual: float
    """Expected: one for each process and tenant it serves, plus one of each cron worker to `postgres` for its notifications."""
    worst: float
    """Every process with a full pool of `db_maxconn`."""
    usable: float
    """What the server gives to applications; NaN when nobody said."""
    reasons: tuple[Reason, ...]
    """Whether the usual and the worst number fit."""


def connections(
    processes: Processes, replicas: int, tenants: int, max_connections: int | None, db_maxconn: int = DB_MAXCONN
) -> Connections:
    """Return the connections `replicas` open to a server that holds the databases of `tenants`.

    A process keeps a connection to every database it served lately, at most `db_maxconn` in all; only a pooler in between
    would turn the limit into a wait.
    """
    if replicas < 1 or tenants < 0 or db_maxconn < 1:
        raise ValueError(f"replicas {replicas}, tenants {tenants}, db_maxconn {db_maxconn}: give at least 1, 0 and 1")
    usual = float(replicas * (processes.total * min(tenants, db_maxconn) + processes.cron))
    worst = float(replicas * processes.total * db_maxconn)
    if max_connections is None:
        figures = {"usual_connections": usual, "worst_connections": worst}
        return Connections(usual, worst, math.nan, (Reason(ReasonCode.NOT_CHECKED, Resource.CONNECTIONS, figures=figures),))
    usable = float(max_connections - SERVER_RESERVED)
    figures = {"usual_connections": usual, "worst_connections": worst, "usable_connections": usable}
    code = ReasonCode.TOO_SMALL if usual > usable else ReasonCode.BINDING
    return Connections(usual, worst, usable, (Reason(code, Resource.CONNECTIONS, figures=figures),))
