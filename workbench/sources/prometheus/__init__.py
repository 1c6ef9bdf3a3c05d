"""Prometheus and what speaks its API: discovery through the client library, bulk reading by our own windows."""

from workbench.sources.prometheus.bulk import Task, plan_pull, pull
from workbench.sources.prometheus.connection import PrometheusConnection
from workbench.sources.prometheus.discovery import Discovery, Found, LabelFinding, Missing, discover
from workbench.sources.prometheus.drafts import PoolDraft, draft_pools
from workbench.sources.prometheus.session import Server, open_server
from workbench.sources.prometheus.windows import Window, plan_windows, raw_from

__all__ = [
    "Discovery",
    "Found",
    "LabelFinding",
    "Missing",
    "PoolDraft",
    "PrometheusConnection",
    "Server",
    "Task",
    "Window",
    "discover",
    "draft_pools",
    "open_server",
    "plan_pull",
    "plan_windows",
    "pull",
    "raw_from",
]
