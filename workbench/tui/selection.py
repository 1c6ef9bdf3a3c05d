"""What is chosen on the screens: one subject, one resource, one pool, one topology, one domain."""

from dataclasses import asdict, dataclass, replace
from typing import Literal, TypeAlias

Field: TypeAlias = Literal["tenant", "subject", "resource", "pool", "topology", "other", "domain", "knob", "unusual"]

ALL = "all"
"""Subject that stands for all tenants together."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The subjects of all panels; empty means that a sensible one is taken."""

    tenant: str = ""
    subject: str = ""
    """Whose demand is shown: "all", "tenant/NAME" or "pool/NAME"."""
    resource: str = ""
    """Value of a `Resource`."""
    pool: str = ""
    topology: str = ""
    other: str = ""
    """Topology that the chosen one is compared with."""
    domain: str = ""
    knob: str = ""
    unusual: str = ""
    """Unusual stretch of the history under the cursor."""

    def chosen(self, field: Field, key: str) -> "Selection":
        """Return the selection with one subject changed; what hung on the old one is forgotten."""
        if getattr(self, field) == key:
            return self
        follows: dict[str, dict[str, str]] = {
            "topology": {"pool": "", "domain": ""},
            "tenant": {"subject": f"tenant/{key}"},
        }
        return replace(self, **{**follows.get(field, {}), field: key})

    def texts(self) -> dict[str, str]:
        """Return the fields that are set, for the file that keeps the last session."""
        return {field: text for field, text in asdict(self).items() if text}
