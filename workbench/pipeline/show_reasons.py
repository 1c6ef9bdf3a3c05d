"""The vocabulary of reasons, for those who put them into words."""

from models.topology.verdict import Reason, ReasonCode

__all__ = ["Reason", "ReasonCode"]
