"""Where a study's samples and drivers come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from models.topology.resources import Driver


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where samples come from; never holds a secret."""

    name: str
    kind: str
    """prometheus, postgres, pg_profile, odoo-log or csv."""
    url: str | None = None
    service: str | None = None
    path: Path | None = None
    bearer_file: Path | None = None
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Extra headers; secret ones name an environment variable as $NAME."""
    proxy: str | None = None
    server_of: str | None = None
    """Pool of topologies/current.toml that this server is."""
    tenant_label: str | None = None
    tenant_pattern: str | None = None
    """Regular expression with a group `tenant`, or None: the label's value is the tenant."""
    tenant_map: Mapping[str, str] = field(default_factory=dict)
    """Exact label value to tenant; goes before the pattern."""
    catalogue: Path | None = None
    """Own metrics catalogue that overrides the packaged one."""
    timeout_s: float = 30.0


DRIVES: Mapping[str, tuple[Driver, ...]] = MappingProxyType(
    {
        "orders": (Driver.REQUESTS, Driver.BATCH),
        "users": (Driver.REQUESTS, Driver.SESSIONS),
        "sessions": (Driver.SESSIONS,),
        "rows": (Driver.STORED_BYTES, Driver.FILES_BYTES),
        "moves": (Driver.BATCH,),
        "productions": (Driver.BATCH,),
        "entries": (Driver.BATCH,),
    }
)
"""What business drivers of these names drive unless the study says otherwise."""


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """A business series counted from a tenant's own tables or a file."""

    name: str
    sql: str | None = None
    path: Path | None = None
    drives: tuple[Driver, ...] = ()
    """What grows with it; empty: nothing is known to."""
