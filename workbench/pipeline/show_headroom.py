"""Where a plan is tight first: what every front end says in one line."""

from dataclasses import dataclass
from math import isnan

from models.topology.resources import Resource
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.figures import Result


@dataclass(frozen=True, slots=True)
class FirstFull:
    """The production pool and resource that are full first if nothing more is bought."""

    pool: str
    resource: Resource
    when: Exhaustion


@dataclass(frozen=True, slots=True)
class Least:
    """The resource with the least headroom."""

    resource: Resource
    headroom: float


def first_full(result: Result) -> FirstFull | None:
    """Return what is full first, by probability within the window, then by median; None if no limit is known."""
    found = result.exhaustion()
    if not found:
        return None
    resource = min(found, key=lambda one: (found[one][1].never, str(found[one][1].p50 or "9999"), str(found[one][1].p05 or "9999"), one))
    return FirstFull(found[resource][0], resource, found[resource][1])


def least_after_loss(result: Result) -> Least | None:
    """Return the resource with the least headroom once the loss to survive has happened; None if no limit is known."""
    known = {resource: value for resource, value in result.headroom(after_loss=True).items() if not isnan(value)}
    if not known:
        return None
    resource = min(known, key=lambda one: (known[one], one))
    return Least(resource, known[resource])
