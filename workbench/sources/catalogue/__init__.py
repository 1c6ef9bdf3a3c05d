"""Metrics catalogue: one TOML file an exporter, and its reader."""

from workbench.sources.catalogue.reader import Catalogue, SeriesRule, load_catalogue, read_rules

__all__ = ["Catalogue", "SeriesRule", "load_catalogue", "read_rules"]
