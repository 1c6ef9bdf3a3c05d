"""Demand per unit of business: how much of a resource one request or one unit of nightly work takes."""

from models.workload.batch import BatchSplit, split_batch
from models.workload.per_unit import PerUnit, fit_per_unit

__all__ = ["BatchSplit", "PerUnit", "fit_per_unit", "split_batch"]
