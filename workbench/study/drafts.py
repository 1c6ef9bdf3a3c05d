"""Write tenants and topologies as the text files that the reader reads."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal

from workbench.study.estate import Part, PoolSpec, Tenant, TopologySpec
from workbench.study.source_specs import SourceSpec

_COLUMNS = (
    "name",
    "environment",
    "plants",
    "runs.image",
    "runs.odoo",
    "runs.postgres",
    "calendar.zone",
    "calendar.holidays",
    "calendar.window",
    "downtime.per_hour",
    "cost_centre",
    "regulated",
)
_MEASURED = "  # measured"
_OPEN_PARTS = '# parts = [{ offer = "azure/E8s_v5", count = 1 }]  # ?'


def tenants_csv(tenants: Sequence[Tenant]) -> str:
    """Return tenants.csv with one row a tenant; what is not known stays empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(tenant) for tenant in tenants)
    return out.getvalue()


def topology_toml(spec: TopologySpec) -> str:
    """Return the file of a topology that was made by hand."""
    return "\n".join([_pool(pool, "", "") for pool in spec.pools] + _invoice(spec))


def draft_toml(spec: TopologySpec) -> str:
    """Return the file of a topology as sources showed it: each value is marked `measured` or `?`."""
    head = "# Drafted from the sources: check what is marked `measured`, fill in what is marked `?`.\n"
    invoice = '# [invoice]\n# month = 2026-10-01  # ?\n# amount = 0  # ?\n# currency = "EUR"  # ?\n'
    return "\n".join([head, *(_pool(pool, _MEASURED, _OPEN_PARTS) for pool in spec.pools), *(_invoice(spec) or [invoice])])


def source_toml(source: SourceSpec) -> str:
    """Return the [[sources]] table of a source's address and its mapping to tenants."""
    pairs = [
        ("name", source.name),
        ("kind", source.kind),
        ("url", source.url),
        ("service", source.service),
        ("server_of", source.server_of),
    ]
    lines = [f"{key} = {_quoted(value)}" for key, value in pairs if value is not None]
    mapping = [("label", source.tenant_label), ("pattern", source.tenant_pattern)]
    inner = ", ".join(f"{key} = {_quoted(value)}" for key, value in mapping if value is not None)
    return "\n".join(["[[sources]]", *lines, *([f"tenant = {{ {inner} }}"] if inner else [])]) + "\n"


def _row(tenant: Tenant) -> tuple[str, ...]:
    plants = ", ".join(f"{{ name = {_quoted(plant.name)}, users = {plant.users} }}" for plant in tenant.plants)
    return (
        tenant.name,
        tenant.environment,
        f"[{plants}]" if plants else "",
        tenant.runs.image,
        tenant.runs.odoo,
        tenant.runs.postgres,
        tenant.calendar.zone,
        tenant.calendar.holidays or "",
        tenant.calendar.window or "",
        str(tenant.downtime.per_hour) if tenant.downtime else "",
        tenant.cost_centre or "",
        "true" if tenant.regulated else "",
    )


def _pool(pool: PoolSpec, note: str, open_parts: str) -> str:
    lines = ["[[pools]]", f"name = {_quoted(pool.name)}", f"layer = {_quoted(pool.layer.value)}"]
    lines.append(f"tenants = [{', '.join(_quoted(tenant) for tenant in pool.tenants)}]{note}")
    if pool.parts:
        lines += ["parts = [", *(f"  {_part(part)},{note}" for part in pool.parts), "]"]
    elif open_parts:
        lines.append(open_parts)
    lines += [f"settings.{_key(key)} = {_number(value)}{note}" for key, value in pool.settings.items()]
    lines += [f"{key} = {_quoted(value)}" for key, value in (("owner", pool.owner), ("runbook", pool.runbook)) if value is not None]
    return "\n".join(lines) + "\n"


def _part(part: Part) -> str:
    pairs = [f"offer = {_quoted(part.offer)}", f"count = {part.count}", f"role = {_quoted(part.role)}"]
    numbers = (("size", part.size), ("iops", part.iops), ("throughput_mbps", part.throughput_mbps))
    pairs += [f"{key} = {_number(value)}" for key, value in numbers if value is not None]
    return f"{{ {', '.join([*pairs, f'purchase = {_quoted(part.purchase)}'])} }}"


def _invoice(spec: TopologySpec) -> list[str]:
    if spec.invoice is None:
        return []
    paid = spec.invoice
    lines = [f"month = {paid.month}", f"amount = {_number(paid.amount)}", f"currency = {_quoted(paid.currency)}"]
    return ["\n".join(["[invoice]", *lines, f"source = {_quoted(paid.source)}"]) + "\n"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _key(text: str) -> str:
    return text if text.replace("_", "").isalnum() and text.isascii() else _quoted(text)


def _number(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
