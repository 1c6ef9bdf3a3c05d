"""How failures are noticed and mended: beliefs until the user's own tests say otherwise."""

from dataclasses import dataclass, fields

ASSUMED = "assumption"
"""Source of a value that nobody gave."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A number and where it comes from."""

    value: float
    source: str = ASSUMED
    assumed: bool = True
    """Whether no test or incident of the user's own stands behind it."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What recovery takes; every default is a weak belief that no source backs, shown wherever it is used."""

    detect_h: Belief = Belief(2 / 60)
    """Hours until somebody or something notices."""
    decide_h: Belief = Belief(1 / 60)
    """Hours until it is decided what to do."""
    promote_h: Belief = Belief(2 / 60)
    """Hours until a standby serves once that is decided."""
    failover_works: Belief = Belief(0.9)
    """Probability that a standby takes over when it should."""
    both_fail: Belief = Belief(0.05)
    """Share of failures that take an instance and its standby at once (common cause)."""
    restore_bytes_per_s: Belief = Belief(100e6)
    """Bytes per second at which a backup is restored."""
    replication_lag_h: Belief = Belief(1 / 60)
    """Hours of data that a failover loses with asynchronous replication."""
    ring_detection: Belief = Belief(0.7)
    """Probability that a ring shows a bad release before the next ring follows."""
    ring_bake_h: Belief = Belief(72.0)
    """Hours that a ring is watched before the next one follows."""
    emergency_share: Belief = Belief(0.1)
    """Share of releases that bypass the rings."""
    release_common_cause: Belief = Belief(0.1)
    """Share of bad releases that hit all rings at once: shared code (beta factor)."""

    @property
    def failover_h(self) -> float:
        """Hours until a standby serves: notice, decide, promote."""
        return self.detect_h.value + self.decide_h.value + self.promote_h.value

    @property
    def beliefs(self) -> tuple[tuple[str, Belief], ...]:
        """Name and value of every belief, in the order of the study's keys."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self))


UNTESTED = Recovery()
"""What is believed where nobody tested anything."""
