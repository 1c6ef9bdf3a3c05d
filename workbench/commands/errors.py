"""Errors a front end must tell apart."""

from workbench.sources.errors import SourceError

__all__ = ["SourceError"]
