"""Which tenants stand together: packing by limits, and partition by an arbitrary cost of groups."""

from models.topology.placement.partition import Partition, partition

__all__ = ["Partition", "partition"]
