"""How a Prometheus-compatible server is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from workbench.sources.labels import LabelRule


@dataclass(frozen=True, slots=True)
class PrometheusConnection:
    """Address, credentials and label rules of one server; holds file names, never a secret."""

    name: str
    """Name of the source in the study."""
    url: str
    """With any path prefix, such as https://mimir.example.org/prometheus."""
    username: str | None = None
    password_file: Path | None = None
    password_env: str | None = None
    """Environment variable with the password, instead of a file."""
    bearer_file: Path | None = None
    """Read again for every request."""
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Extra headers such as X-Scope-OrgID; a value $NAME is taken from the environment."""
    proxy: str | None = None
    timeout_s: float = 30.0
    """Longest silence, and a tenth of the time a whole answer may take."""
    tenant: LabelRule = field(default_factory=LabelRule)
    server: LabelRule = field(default_factory=LabelRule)
    """How instance labels name servers (pools); without a pattern the host part is the name."""
    server_of: str | None = None
    """The pool that all server-level series of this source belong to."""
    encoding: Literal["auto", "identity", "gzip"] = "auto"
    """auto: identity on loopback and private networks, where compressing costs more than it saves; else gzip."""
    method: Literal["GET", "POST"] = "POST"
    retries: int = 3
    backoff_s: float = 0.5
    """Pause before the first retry; doubles each time."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(
                f"{self.name}: url: must start with http:// or https:// and name a host, such as https://prometheus.example.org"
            )
        if parts.username is not None or parts.password is not None:
            raise ValueError(f"{self.name}: url: holds a user or password: use username with password_file, or bearer_file")
        if self.bearer_file is not None and self.username is not None:
            raise ValueError(f"{self.name}: username and bearer_file exclude each other: keep one")
        if (self.username is None) != (self.password_file is None and self.password_env is None):
            raise ValueError(f"{self.name}: username needs password_file (or password_env), and the other way round")
        if self.client_key is not None and self.client_cert is None:
            raise ValueError(f"{self.name}: client_key: needs client_cert")
        if not self.timeout_s > 0:
            raise ValueError(f"{self.name}: timeout_s = {self.timeout_s}: must be above 0")

    @property
    def base(self) -> str:
        """The url without a trailing slash."""
        return self.url.rstrip("/")
