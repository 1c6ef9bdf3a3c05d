"""How service comes back after an instance failed: the planned way, and what is left when that fails."""

from dataclasses import dataclass

from models.topology.availability import outage_of_pair
from models.topology.resources import Layer, Resource
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.pools import Pool
from workbench.study.recovery import Belief, Recovery

Steps = tuple[tuple[str, float], ...]
"""(step, hours)."""
PAIRED_LAYERS = (Layer.DATABASE, Layer.CACHE)
"""Layers whose standby takes over; elsewhere the parts that are left carry on."""
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Route:
    """The way back."""

    steps: Steps
    """As planned."""
    otherwise: Steps
    """When the standby does not take over, or went down as well; empty: there is no standby."""
    works: float
    """Probability that it goes as planned."""
    outage_h: float
    """Expected hours until service is back."""
    assumed: bool
    """Whether any of its hours and probabilities is only a belief."""

    @property
    def planned_h(self) -> float:
        """Hours when all goes as planned."""
        return sum(hours for _, hours in self.steps)

    @property
    def worst_h(self) -> float:
        """Hours when it does not."""
        return sum(hours for _, hours in self.otherwise) if self.otherwise else self.planned_h


def has_standby(pool: Pool) -> bool:
    """Return whether something stands by to take over."""
    return any(part.role in {"standby", "disaster", "replica"} for part in pool.parts)


def stored_bytes(pool: Pool) -> float:
    """Return the most that a pool stores within the horizon; 0 if it stores nothing."""
    stored = pool.planned.get(Resource.STORAGE)
    return 0.0 if stored is None else float(stored[: len(pool.replicas)].max())


def restore_hours(stored: float, recovery: Recovery) -> float:
    """Return the hours a restore of so many bytes takes."""
    return stored / recovery.restore_bytes_per_s.value / SECONDS_PER_HOUR


def outage_hours(layer: Layer, rate: DomainRate, standby: bool, restore_h: float, recovery: Recovery) -> float:
    """Return the expected hours until service is back, with or without a standby; a standby never makes it longer."""
    alone = rate.failure.outage_h + (restore_h if layer == Layer.DATABASE else 0.0)
    if not standby or layer not in PAIRED_LAYERS:
        return alone
    return outage_of_pair(
        alone, failover_h=recovery.failover_h, failover_works=recovery.failover_works.value, common_cause=recovery.both_fail.value
    )


def route_of(pool: Pool, rate: DomainRate, recovery: Recovery) -> Route:
    """Return how a pool comes back after the loss of an instance."""
    standby = has_standby(pool) and pool.layer in PAIRED_LAYERS
    restore_h = restore_hours(stored_bytes(pool), recovery) if pool.layer == Layer.DATABASE else 0.0
    outage = outage_hours(pool.layer, rate, standby, restore_h, recovery)
    used = [recovery.detect_h, recovery.decide_h, *([recovery.restore_bytes_per_s] if restore_h > 0 else [])]
    alone = rebuilt(rate.failure.outage_h, recovery, "rebuild the instance" if pool.layer == Layer.DATABASE else "replace the instance")
    if restore_h > 0:
        alone = (*alone, ("restore the backup", restore_h))
    if not standby:
        return Route(alone, (), 1.0, outage, rate.failure.assumed or _any(used))
    used += [recovery.promote_h, recovery.failover_works, recovery.both_fail]
    works = recovery.failover_works.value * (1 - recovery.both_fail.value)
    steps = (*_noticed(recovery), ("promote the standby", recovery.promote_h.value))
    return Route(steps, alone, works, outage, rate.failure.assumed or _any(used))


def rebuilt(outage_h: float, recovery: Recovery, last: str) -> Steps:
    """Return the steps of an outage whose length is known as a whole: what is left after noticing and deciding is the last step."""
    noticed = min(recovery.detect_h.value, outage_h)
    decided = min(recovery.decide_h.value, outage_h - noticed)
    return (("notice", noticed), ("decide", decided), (last, outage_h - noticed - decided))


def single_route(outage_h: float, recovery: Recovery, last: str, *, assumed: bool) -> Route:
    """Return the way back where nothing stands by."""
    return Route(rebuilt(outage_h, recovery, last), (), 1.0, outage_h, assumed)


def _noticed(recovery: Recovery) -> Steps:
    return (("notice", recovery.detect_h.value), ("decide", recovery.decide_h.value))


def _any(beliefs: list[Belief]) -> bool:
    return any(belief.assumed for belief in beliefs)
