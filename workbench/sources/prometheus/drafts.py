"""First drafts of what runs today, from what exporters say about servers."""

from collections import defaultdict
from dataclasses import dataclass

from workbench.sources.catalogue import Catalogue, SeriesRule
from workbench.sources.prometheus.frames import subject_of
from workbench.sources.prometheus.library import instant
from workbench.sources.prometheus.session import Server


@dataclass(frozen=True, slots=True)
class PoolDraft:
    """A pool that seems to run, with what was measured of it."""

    name: str
    layer: str
    """A value of the workbench's layers."""
    tenants: tuple[str, ...]
    """Tenants seen on it; empty when the metrics do not say."""
    settings: tuple[tuple[str, float], ...]
    """Setting to its measured value; what is not here is not known."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a pool and the PromQL that measures it."""

    layer: str
    name: str
    query: str
    label: str = "instance"


SETTINGS = (
    Setting("database server", "max_connections", "pg_settings_max_connections"),
    Setting("database server", "cache_bytes", "pg_settings_shared_buffers_bytes"),
    Setting("cache", "maxmemory_bytes", "redis_memory_max_bytes > 0"),
    Setting("cache", "used_bytes", "redis_memory_used_bytes"),
    Setting("workers", "replicas", 'sum by (namespace) (kube_deployment_spec_replicas{deployment=~".*odoo.*"})', "namespace"),
    Setting(
        "workers", "cpu_limit", 'sum by (namespace) (kube_pod_container_resource_limits{container=~".*odoo.*",resource="cpu"})', "namespace"
    ),
    Setting("platform", "cores", 'count by (instance) (node_cpu_seconds_total{mode="idle"})'),
    Setting("platform", "memory_bytes", "node_memory_MemTotal_bytes"),
)
"""What exporters say about pools, by the names of postgres_exporter, redis_exporter, kube-state-metrics and node_exporter."""

_NAMESPACES = SeriesRule("workers", "kube-state-metrics", "gauge", "tenant", "namespace", ("kube_deployment_spec_replicas",))
_SERVERS = SeriesRule("connections_max", "postgres_exporter", "gauge", "server", "instance", ("pg_settings_max_connections",))


def draft_pools(server: Server, catalogue: Catalogue, time_ms: int) -> tuple[PoolDraft, ...]:
    """Return the pools that seem to run at an instant, by layer and name."""
    databases = catalogue.of("database_connections")[0]
    settings: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    for setting in SETTINGS:
        for track in instant(server, setting.query, time_ms):
            name = track.labels.get(setting.label, "")
            if setting.label == "instance":
                name = (subject_of(server.connection, _SERVERS, track.labels) or "").removeprefix("@")
            tenant = subject_of(server.connection, _NAMESPACES, track.labels) if setting.label == "namespace" else None
            if name and (setting.label == "instance" or tenant):
                settings[setting.layer, name][setting.name] = float(track.value[-1])
                members[setting.layer, name].update([tenant] if tenant else [])
    for track in instant(server, "count by (instance, datname) (pg_stat_database_numbackends)", time_ms):
        host = (subject_of(server.connection, _SERVERS, track.labels) or "").removeprefix("@")
        tenant = subject_of(server.connection, databases, track.labels)
        if ("database server", host) in settings and tenant is not None:
            members["database server", host].add(tenant)
    return tuple(
        PoolDraft(name, layer, tuple(sorted(members[layer, name])), tuple(sorted(found.items())))
        for (layer, name), found in sorted(settings.items())
    )
