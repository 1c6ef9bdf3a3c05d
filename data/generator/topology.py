"""What runs today: which offers each pool is built from, with settings; one database volume is short within the horizon."""

import math
from dataclasses import dataclass

from data.generator.estate import POOLS, PRODUCTION, TENANTS, tenant_named
from data.generator.servers import REDIS_MAX_BYTES, SHAPES, WORKERS_PER_CORE

INVOICE_EUR = 11600
"""Paid for October 2026."""
_GIB_PER_CORE = {2: "azure/D{cores}s_v5", 4: "azure/D{cores}s_v5", 8: "azure/E{cores}s_v5"}
_WIKI = "https://wiki.meridian.example/runbooks"
_VOLUMES = {
    "db-eu-1": (1600, 5000, 250),
    "db-jena": (256, 3000, 125),
    "db-us-1": (768, 4000, 200),
    "db-joliet": (192, 3000, 125),
    "db-in-1": (384, 3000, 125),
    "db-in-2": (192, 3000, 125),
    "db-lab": (1536, 3000, 125),
}
"""Pool: GiB, IOPS and MB/s of its volume."""


@dataclass(frozen=True, slots=True)
class PoolNow:
    """A pool of topologies/current.toml."""

    name: str
    layer: str
    tenants: tuple[str, ...]
    parts: tuple[str, ...]
    """Inline tables of TOML."""
    settings: tuple[tuple[str, int], ...]
    owner: str
    runbook: str


def pools_now() -> tuple[PoolNow, ...]:
    """Return the pools that run today, ingress first."""
    production = tuple(tenant.name for tenant in TENANTS if tenant.environment == PRODUCTION)
    lab = tuple(tenant.name for tenant in TENANTS if tenant.environment != PRODUCTION)
    servers = tuple(_server(pool.name, pool.layer, pool.tenants) for pool in POOLS)
    return (
        _shared("ingress-prod", "ingress", production, (_part("azure/D2s_v5", 2), _part("own/load-balancer", 1, role="balancer"))),
        _shared("ingress-lab", "ingress", lab, (_part("azure/D2s_v5", 1),)),
        *servers,
        _shared("files-prod", "filestore", production, (_part("own/file-storage", 1, role="share", size=_stored(production)),)),
        _shared("files-lab", "filestore", lab, (_part("own/file-storage", 1, role="share", size=_stored(lab)),)),
        _shared("backup-prod", "backup", production, (_part("azure/blob-cool", 1, role="store", size=6400),)),
        _shared("backup-lab", "backup", lab, (_part("azure/blob-cool", 1, role="store", size=900),)),
        _shared(
            "monitoring", "observability", (*production, *lab), (_part("azure/D4s_v5", 1), _part("own/logs", 1, role="logs", size=110))
        ),
    )


def _server(name: str, layer: str, tenants: tuple[str, ...]) -> PoolNow:
    machines, cores, memory_gib = SHAPES[name]
    offer = _GIB_PER_CORE[memory_gib // cores].format(cores=cores)
    owner = "platform team" if tenant_named(tenants[0]).environment == PRODUCTION else "project team"
    if layer == "workers":
        settings = (("workers", cores * WORKERS_PER_CORE), ("max_cron_threads", 2))
        return PoolNow(name, layer, tenants, (_part(offer, machines, role="replica"),), settings, owner, f"{_WIKI}/odoo-workers")
    standby = (_part(offer, machines - 1, role="standby"),) if machines > 1 else ()
    if layer == "cache":
        settings = (("cache_bytes", REDIS_MAX_BYTES), ("ttl_s", 7 * 86400))
        return PoolNow(name, layer, tenants, (_part(offer, 1), *standby), settings, owner, f"{_WIKI}/redis")
    gib, iops, mbps = _VOLUMES[name]
    volumes = tuple(
        _part("azure/premium-ssd-v2", 1, role=role, size=gib, iops=iops, throughput_mbps=mbps) for role in ("volume", "standby")[:machines]
    )
    settings = (("max_connections", 400), ("cache_bytes", memory_gib // 4 << 30))
    return PoolNow(name, layer, tenants, (_part(offer, 1), *standby, *volumes), settings, owner, f"{_WIKI}/postgres-failover")


def _shared(name: str, layer: str, tenants: tuple[str, ...], parts: tuple[str, ...]) -> PoolNow:
    return PoolNow(name, layer, tenants, parts, (), "platform team", f"{_WIKI}/{layer}")


def _part(offer: str, count: int, role: str = "primary", **quantities: int) -> str:
    more = "".join(f", {key} = {value}" for key, value in quantities.items())
    return f'{{ offer = "{offer}", count = {count}, role = "{role}"{more} }}'


def _stored(tenants: tuple[str, ...]) -> int:
    """Return GiB of files with room for a year, in steps of 128."""
    sizes = [tenant_named(name).size for name in tenants]
    return math.ceil(sum(size.filestore_gib + 12 * size.filestore_gib_per_month for size in sizes) / 128) * 128
