"""Who stands where: resources, demand, capacity, placement, failure and its blast radius."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.topology.placement import partition, place

__all__ = ["partition", "place"]


def __getattr__(name: str) -> object:
    """Load placement when it is asked for: the vocabulary of resources must stay free of numpy."""
    if name in __all__:
        from models.topology import placement

        return getattr(placement, name)
    raise AttributeError(f"module 'models.topology' has no attribute {name!r}")
