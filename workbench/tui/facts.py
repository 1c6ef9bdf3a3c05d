"""What the bars say about the study: few words, kept for the next start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The study and its basis in words."""

    study: str
    """Name, with "(demo)" behind the bundled one."""
    basis: str = ""
    """Horizon, percentile, currency, prices and hash."""
    data: str = ""
    """How far the data reach."""
    scenario: str = "base"
    """Name of the scenario, with a star when it was changed."""
    scenarios: tuple[str, ...] = ()
    """Names of the saved scenarios."""
    tenants: tuple[str, ...] = ()
    """Tenants in the figures."""
    topologies: tuple[str, ...] = ()


NOTHING_YET = Facts("opening the study")
"""Before the study is read."""
