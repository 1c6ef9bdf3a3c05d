"""What a pool runs on in a month."""

from collections.abc import Iterator

from models.topology.resources import Layer
from workbench.pipeline.current import STANDING_BY
from workbench.pipeline.parts import HOUR, BoughtPart
from workbench.pipeline.pools import Pool

BALANCER = "balancer"


def machines_of(pool: Pool, month: int) -> tuple[BoughtPart, ...]:
    """Return the machines that carry a pool's load in a month; balancers and what stands by are none of them."""
    return tuple(_machines(pool, month))


def machine_of(pool: Pool, month: int) -> str:
    """Return the offer of the machines that carry a pool's load in a month; ValueError if it has none."""
    for part in _machines(pool, month):
        return part.offer_id
    raise ValueError(f"pool {pool.name!r} has no machine in month {month}: give it a part with a machine offer")


def _machines(pool: Pool, month: int) -> Iterator[BoughtPart]:
    idle = STANDING_BY | ({"replica"} if pool.layer in (Layer.DATABASE, Layer.CACHE) else set())
    for part in pool.parts:
        if part.unit == HOUR and part.role not in {*idle, BALANCER} and part.first_month <= month <= part.last_month:
            yield part
