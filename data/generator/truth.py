"""data/meridian-truth.json: what was planted, so that fits can be judged against it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from data.generator import load, moments, servers, tenants
from data.generator.estate import TENANTS, TenantTruth, pool_of
from data.generator.service import scv

Facts = Mapping[str, object]


def write_truth(path: Path) -> None:
    """Write the planted truth as JSON, keys in a fixed order."""
    document = {
        "seed": moments.SEED,
        "start": _text(moments.FIRST),
        "end": _text(moments.END),
        "tenants": {tenant.name: _tenant(tenant) for tenant in TENANTS},
        "pools": {name: _pool(name) for name in servers.SHAPES},
        "per_request": {
            "transactions": tenants.TRANSACTIONS_PER_REQUEST,
            "blocks_hit": tenants.BLOCKS_HIT_PER_REQUEST,
            "rows_written": tenants.ROWS_WRITTEN_PER_REQUEST,
        },
        "device": {
            "reads_per_block": servers.READS_PER_BLOCK,
            "base_reads_per_s": servers.BASE_READS_PER_S,
            "bytes_per_read": servers.BYTES_PER_READ,
            "writes_per_row": servers.WRITES_PER_ROW,
            "base_writes_per_s": servers.BASE_WRITES_PER_S,
            "bytes_per_write": servers.BYTES_PER_WRITE,
            "wal_bytes_per_row": servers.WAL_BYTES_PER_ROW,
        },
        "redis": {
            "user_key_bytes": servers.USER_KEY_BYTES,
            "anonymous_key_bytes": servers.ANONYMOUS_KEY_BYTES,
            "base_bytes": servers.REDIS_BASE_BYTES,
            "fragmentation": servers.REDIS_FRAGMENTATION,
            "residence_days": tenants.RESIDENCE_DAYS,
        },
        "calendar": {
            "month_end_requests": load.MONTH_END_REQUESTS,
            "month_end_blocks": load.MONTH_END_BLOCKS,
            "month_end_night": load.MONTH_END_NIGHT,
            "month_end": "the last two Monday-to-Friday days of the month; the night run on the last one",
            "night_hours": list(load.NIGHT_HOURS),
            "holiday": load.HOLIDAY,
            "christmas": load.CHRISTMAS,
            "august_dip": load.AUGUST_DIP,
        },
        "events": _events(),
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _tenant(tenant: TenantTruth) -> Facts:
    return {
        "zone": tenant.zone,
        "environment": tenant.environment,
        "pattern": tenant.pattern,
        "users": tenant.users,
        "peak_requests_per_s": tenant.peak_rps,
        "growth_per_month": tenant.growth_per_month,
        "service_mean_s": tenant.service.mean_s,
        "service_scv": round(scv(tenant.service), 4),
        "cpu_s_per_request": tenant.service.cpu_s,
        "database_s_per_request": tenant.service.database_s,
        "database_cpu_s_per_request": tenant.service.database_cpu_s,
        "blocks_read_per_request": tenant.blocks_read,
        "night_cores": tenant.night.cores,
        "night_workers": tenant.night.workers,
        "night_blocks_per_s": tenant.night.blocks_per_s,
        "keys_per_user": tenant.keys_per_user,
        "database_gib": tenant.size.database_gib,
        "database_gib_per_month": tenant.size.database_gib_per_month,
        "filestore_gib": tenant.size.filestore_gib,
        "filestore_gib_per_month": tenant.size.filestore_gib_per_month,
        "pools": {layer: pool_of(tenant.name, layer).name for layer in ("workers", "database server", "cache")},
    }


def _pool(name: str) -> Facts:
    machines, cores, memory_gib = servers.SHAPES[name]
    return {"machines": machines, "vcpu": cores, "memory_gib": memory_gib}


def _events() -> Facts:
    return {
        "step": {"tenant": moments.STEP.tenant, "at": _text(moments.STEP.at), "factor": moments.STEP.factor},
        "slide": {
            "tenant": moments.SLIDE.tenant,
            "middle": _text(moments.SLIDE.middle),
            "width_days": moments.SLIDE.width_days,
            "factor": moments.SLIDE.factor,
        },
        "outage": _spell(moments.OUTAGE),
        "missing": _spell(moments.MISSING),
        "crawler": {**_spell(moments.CRAWLER), "keys": moments.CRAWLER_KEYS},
        "clean_up": {"tenant": moments.CLEAN_UP.subject, "at": _text(moments.CLEAN_UP.at), "share": moments.CLEAN_UP_SHARE},
        "database_crash": {"pool": moments.DATABASE_CRASH.subject, "at": _text(moments.DATABASE_CRASH.at)},
        "application_restart": {"tenant": moments.APP_RESTART.subject, "at": _text(moments.APP_RESTART.at)},
    }


def _spell(spell: moments.Spell) -> Facts:
    return {"tenant": spell.subject, "start": _text(spell.start), "end": _text(spell.end)}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
