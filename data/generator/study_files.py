"""The text files of the bundled study: written by hand, or written down from the planted estate."""

import csv
import io
import json
from pathlib import Path
from shutil import copyfile

from data.generator.estate import PRODUCTION, TENANTS, TenantTruth
from data.generator.topology import INVOICE_EUR, PoolNow, pools_now

_FILES = Path(__file__).parent / "files"
_COLUMNS = (
    "name",
    "plants",
    "environment",
    "runs.image",
    "runs.odoo",
    "runs.postgres",
    "calendar.zone",
    "calendar.holidays",
    "calendar.window",
    "isolation.database server",
    "isolation.because",
    "regulated",
    "downtime.per_hour",
    "cost_centre",
)


def write_study_files(folder: Path) -> None:
    """Write everything of the study but its history."""
    for source in sorted(_FILES.rglob("*.*")):
        target = folder / source.relative_to(_FILES)
        target.parent.mkdir(parents=True, exist_ok=True)
        copyfile(source, target)
    (folder / "tenants.csv").write_text(_tenants(), encoding="utf-8")
    topologies = folder / "topologies"
    topologies.mkdir(parents=True, exist_ok=True)
    (topologies / "current.toml").write_text(_current(), encoding="utf-8")


def _tenants() -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(tenant) for tenant in TENANTS)
    return out.getvalue()


def _row(tenant: TenantTruth) -> tuple[str, ...]:
    plants = ", ".join(f'{{ name = "{name}", users = {users} }}' for name, users in tenant.plants)
    because = tenant.regulated_because
    return (
        tenant.name,
        f"[{plants}]",
        tenant.environment,
        tenant.image,
        "18.0",
        tenant.postgres,
        tenant.zone,
        tenant.holidays,
        "Sun 02:00-06:00" if tenant.environment == PRODUCTION else "",
        "own" if because else "",
        because or "",
        "true" if because else "",
        str(tenant.downtime_per_hour or ""),
        tenant.cost_centre,
    )


def _current() -> str:
    head = "# What runs today, as the platform team wrote it down in October 2026.\n\n[invoice]\nmonth = 2026-10-01\n"
    invoice = f'amount = {INVOICE_EUR}\ncurrency = "EUR"\nsource = "invoice of October 2026, cloud only"\n'
    return head + invoice + "".join(_pool(pool) for pool in pools_now())


def _pool(pool: PoolNow) -> str:
    lines = [
        "",
        "[[pools]]",
        f"name = {json.dumps(pool.name)}",
        f"layer = {json.dumps(pool.layer)}",
        f"tenants = {json.dumps(list(pool.tenants))}",
    ]
    lines += [f"owner = {json.dumps(pool.owner)}", f"runbook = {json.dumps(pool.runbook)}", "parts = ["]
    lines += [f"  {part}," for part in pool.parts]
    lines += ["]"]
    if pool.settings:
        lines += ["settings = { " + ", ".join(f"{key} = {value}" for key, value in pool.settings) + " }"]
    return "\n".join(lines) + "\n"
