"""How a PostgreSQL server is reached, and how little we may disturb it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, LiteralString, TypeAlias

from workbench.sources.errors import SourceAnswer, SourceError, SourceRefused, SourceUnreachable, SourceUntrusted
from workbench.sources.labels import LabelRule
from workbench.sources.secrets import redact

if TYPE_CHECKING:
    import psycopg

Opened: TypeAlias = "psycopg.Connection[tuple[object, ...]]"
"""A connection in a read-only transaction."""
APPLICATION = "capacity-workbench"
"""How we show up in pg_stat_activity."""
_REFUSALS = (
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "authentication failed",
    "permission denied for database",
)


@dataclass(frozen=True, slots=True)
class PostgresConnection:
    """One server, by libpq service or PG* variables; passwords come from ~/.pgpass or PGPASSFILE only."""

    name: str
    """Name of the source in the study."""
    service: str | None = None
    """libpq service; None: PG* variables."""
    parameters: str = ""
    """Further libpq parameters such as "host=db1 port=5433"; a password is refused."""
    server_of: str | None = None
    """The pool that this server is; None: the source's name."""
    tenant: LabelRule = field(default_factory=LabelRule)
    """How database names (label datname) name tenants."""
    timeout_s: float = 30.0
    """Longest statement."""
    lock_timeout_s: float = 2.0

    def __post_init__(self) -> None:
        if "password" in self.parameters.lower():
            raise ValueError(f"{self.name}: parameters: hold a password: put it into ~/.pgpass or a file named by PGPASSFILE")
        if not self.timeout_s > 0 or not self.lock_timeout_s > 0:
            raise ValueError(f"{self.name}: timeout_s = {self.timeout_s}, lock_timeout_s = {self.lock_timeout_s}: must be above 0")

    @property
    def subject(self) -> str:
        """The subject of server-level series."""
        return f"@{self.server_of or self.name}"


@contextmanager
def reading(connection: PostgresConnection, database: str | None = None) -> Iterator[Opened]:
    """Open one connection in a read-only transaction with time limits and UTC; errors of the server come out under our names."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    options: dict[str, str | int] = {"application_name": APPLICATION, "connect_timeout": max(2, min(10, int(connection.timeout_s)))}
    options |= {"service": connection.service} if connection.service else {}
    options |= {"dbname": database} if database else {}
    try:
        opened = psycopg.connect(make_conninfo(connection.parameters, **options))
    except psycopg.Error as error:
        raise unreached(connection, error) from error
    with opened:
        opened.read_only = True
        try:
            limits = {"statement_timeout": connection.timeout_s, "lock_timeout": connection.lock_timeout_s}
            for setting, seconds in limits.items():
                opened.execute("select set_config(%s, %s, true)", (setting, f"{seconds * 1000:.0f}ms"))
            opened.execute("select set_config('TimeZone', 'UTC', true)")
            yield opened
        except psycopg.Error as error:
            raise failed(connection, error) from error
        finally:
            if not opened.closed:
                opened.rollback()


def rows(opened: Opened, query: LiteralString) -> list[tuple[object, ...]]:
    """Return all rows of one of our own queries."""
    return opened.execute(query).fetchall()


def unreached(connection: PostgresConnection, error: "psycopg.Error") -> SourceError:
    """Name why no connection came about."""
    text = _said(error)
    asked = "for a connection"
    if (error.sqlstate or "").startswith("28") or any(refusal in text for refusal in _REFUSALS):
        fix = "check user, ~/.pgpass and pg_hba.conf for this source's service"
        return SourceRefused(connection.name, asked, text, "the server wants other credentials", fix)
    if "certificate has expired" in text:
        return SourceUntrusted(
            connection.name, asked, "its TLS certificate has expired", "an expired certificate proves nothing", "renew it"
        )
    if "certificate verify failed" in text:
        return SourceUntrusted(connection.name, asked, text, "unknown issuers are not trusted", "set sslrootcert in the service file")
    if "definition of service" in text:
        return SourceRefused(connection.name, asked, text, "service must name an entry of pg_service.conf", "add it, or set PGSERVICEFILE")
    if "does not exist" in text:
        return SourceRefused(
            connection.name, asked, text, "database and role must exist", "correct the service, or create the role as `init` prints it"
        )
    return SourceUnreachable(connection.name, asked, text, "the server must be reachable from here", "check host, port and firewall")


def failed(connection: PostgresConnection, error: "psycopg.Error") -> SourceError:
    """Name why a question was not answered."""
    text, state = _said(error), error.sqlstate or ""
    asked = "its statistics"
    if state == "57014":
        slow = f"no answer within {connection.timeout_s:g} s"
        return SourceUnreachable(connection.name, asked, slow, "every statement has a time limit", "raise timeout_s or look at the server")
    if state == "55P03":
        return SourceUnreachable(connection.name, asked, text, "we wait for no lock", "run again when maintenance is over")
    if state == "42501":
        return SourceRefused(connection.name, asked, text, "the role must be a member of pg_monitor", "run the GRANT that `init` prints")
    if state == "25006":
        return SourceRefused(connection.name, asked, text, "only reading is allowed", "write a query that changes nothing")
    if not state or state[:2] in ("08", "57", "53"):
        return SourceUnreachable(connection.name, asked, text, "the server must stay reachable", "run again")
    return SourceAnswer(connection.name, asked, text, "the statement must run on this server", "check the query and the server's version")


def _said(error: "psycopg.Error") -> str:
    return redact(" ".join(str(error).split()), ())[:400]
