"""Which tenants stand together: packing by limits, and partition by an arbitrary cost of groups."""

from models.topology.placement.partition import Partition, partition
from models.topology.placement.place import Placement, place
from models.topology.placement.share_sweep import ShareFrontier, share_frontier

__all__ = ["Partition", "Placement", "ShareFrontier", "partition", "place", "share_frontier"]
