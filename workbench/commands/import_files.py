"""`import`: files into the study: Odoo logs and long tables into history, incidents and invoices beside study.toml."""

from dataclasses import dataclass
from pathlib import Path

from workbench.commands.collect import measures_of
from workbench.commands.import_incidents import COLUMNS as INCIDENT_COLUMNS
from workbench.commands.import_incidents import checked_incidents, keep_incidents
from workbench.history import open_history
from workbench.pipeline.session import Progress
from workbench.sources.files import (
    BadFile,
    odoo_log_samples,
    read_invoices,
    read_lines,
    read_odoo_log,
    read_table,
)
from workbench.sources.labels import LabelRule
from workbench.sources.samples import Samples
from workbench.study.atomic import write_whole
from workbench.study.estate import Study

INVOICE = ("month", "amount", "currency", "source")
TABLE = ("series", "tenant", "time", "value")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Which files."""

    files: tuple[Path, ...]
    tenant: str | None = None
    """Tenant of a log that names no database, or whose database is called otherwise."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file."""

    file: str
    kind: str
    """odoo-log, table, incidents or invoice."""
    rows: int
    """Rows that were new."""
    note: str


@dataclass(frozen=True, slots=True)
class ImportedFiles:
    """All files."""

    files: tuple[ImportedFile, ...]


def import_files(study: Study, options: ImportOptions, progress: Progress) -> ImportedFiles:
    """Read every file first, so that a bad one changes nothing, then keep them."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    kinds = [(path, kind_of_file(path)) for path in options.files]
    samples = {path: _samples(study, path, kind, options.tenant) for path, kind in kinds if kind in {"table", "odoo-log"}}
    for path, kind in kinds:
        if kind == "incidents":
            checked_incidents(study, path)
        elif kind == "invoice":
            read_invoices(path)
    done = []
    for index, (path, kind) in enumerate(kinds):
        progress(f"importing {path.name}", index / len(kinds))
        if path in samples:
            done.append(_keep(study, path, kind, samples[path]))
        else:
            done.append(ImportedFile(path.name, kind, *keep_incidents(study, path)) if kind == "incidents" else _invoice(study, path))
    progress("imported", 1.0)
    return ImportedFiles(tuple(done))


def kind_of_file(path: Path) -> str:
    """Return what a file is, by its heading; anything else is taken for a log."""
    if path.suffix == ".parquet":
        return "table"
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            heading = tuple(name.strip() for name in file.readline().split(","))
    except OSError as error:
        raise BadFile(path, [f" cannot be read: {error.strerror}"]) from None
    if heading == INCIDENT_COLUMNS:
        return "incidents"
    if heading == INVOICE:
        return "invoice"
    return "table" if set(TABLE) <= set(heading) else "odoo-log"


def _samples(study: Study, path: Path, kind: str, tenant: str | None) -> tuple[Samples, ...]:
    if kind == "table":
        return read_table(path, path.name)
    known = tuple(one.name for one in study.tenants)
    log = read_odoo_log(read_lines(path))
    exact = {} if tenant is None else {name: tenant for name in log.database if name}
    return odoo_log_samples(log, path.name, LabelRule("db", None, exact, known))


def _keep(study: Study, path: Path, kind: str, samples: tuple[Samples, ...]) -> ImportedFile:
    history = open_history(study.folder / "history")
    rows = sum(history.append(one, measures_of(one), one.end_ms) for one in samples)
    subjects = {name for one in samples for name in one.frame["tenant"].unique().to_list()}
    strangers = sorted(subjects - {tenant.name for tenant in study.tenants} - {name for name in subjects if str(name).startswith("@")})
    note = f"belongs to no tenant of the study: {', '.join(map(str, strangers))}" if strangers else ""
    return ImportedFile(path.name, kind, rows, note)


def _invoice(study: Study, path: Path) -> ImportedFile:
    """Put the newest invoice into topologies/current.toml, where the first column of every comparison is checked against it."""
    import tomlkit

    newest = read_invoices(path)[-1]
    target = study.folder / "topologies" / "current.toml"
    if not target.exists():
        raise ValueError(f"{target} does not exist: describe what runs today first, `workbench init` drafts it")
    document = tomlkit.parse(target.read_text(encoding="utf-8"))
    table = tomlkit.table()
    table["month"] = newest.month
    table["amount"] = tomlkit.parse(f"x = {newest.amount:f}")["x"]
    table["currency"] = newest.currency
    table["source"] = newest.source
    document["invoice"] = table
    write_whole(target, tomlkit.dumps(document))
    return ImportedFile(path.name, "invoice", 1, f"{newest.month:%Y-%m}: {newest.amount} {newest.currency}")
