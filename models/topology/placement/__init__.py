"""Which tenants stand together: packing by limits, and partition by an arbitrary cost of groups."""

from models.topology.placement.partition import Partition, partition
from models.topology.placement.place import Placement, place

__all__ = ["Partition", "Placement", "partition", "place"]
