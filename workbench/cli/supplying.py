"""Verbs that supply a study: init, collect, snapshot, import, check, prices."""

import sys
import time
from argparse import Namespace

from workbench.cli.finding import found_study, opened_study
from workbench.cli.narration import progress_line, say
from workbench.cli.planning import show, show_document, show_tables
from workbench.views.cell import Align, Column, Row, Table
from workbench.views.text import count, words

ANSWERED, NOT_MET, NOT_REACHED = 0, 1, 3


def now_ms() -> int:
    """Return the wall clock, which only collecting looks at."""
    return time.time_ns() // 1_000_000


def answer_init(options: Namespace) -> int:
    """Write a starter study."""
    from workbench.commands.init import InitOptions, init

    if options.folder is None:
        if not sys.stdout.isatty():
            raise ValueError("init needs a folder where it is to write: workbench init DIR (on a terminal, workbench init asks)")
        from workbench.tui.app import guide

        return guide(now_ms())
    found = init(InitOptions(options.folder, now_ms(), options.name, options.prometheus, options.postgres), progress_line())
    lines = [f"wrote {path}" for path in found.files]
    if found.tenants:
        lines.append(f"tenants drafted: {', '.join(found.tenants)}; fill in plants and users")
    if found.pools:
        lines.append(f"pools drafted: {', '.join(found.pools)}; fill in the parts marked ?")
    if found.grants:
        lines += ["", "-- as a superuser, once; GRANT … ON tables in each tenant's database:", *found.grants]
    show("\n".join(lines) + "\n")
    for note in found.notes:
        say(note)
    return ANSWERED


def answer_collect(options: Namespace) -> int:
    """Collect all sources."""
    from workbench.commands.collect import DEFAULT_DAYS, CollectOptions, collect
    from workbench.commands.documents import document

    chosen = CollectOptions(now_ms(), options.since or DEFAULT_DAYS, tuple(options.source))
    found = collect(opened_study(options), chosen, progress_line())
    if options.json:
        show_document(document(found))
    else:
        columns = (_text("source"), *(Column(key, key) for key in ("series", "rows", "windows", "partial")))
        rows = tuple(
            Row(one.source, (words(one.source), count(one.series), count(one.rows), count(one.windows), count(one.partial)))
            for one in found.pulled
        )
        notes = tuple(dict.fromkeys(warning for one in found.pulled for warning in one.warnings))
        show_tables(Table("new in history", columns, rows, (*notes, *found.notes)))
    for failed in found.failed:
        say(failed.error)
    return ANSWERED if found.reached else NOT_REACHED


def answer_snapshot(options: Namespace) -> int:
    """Take one snapshot of each PostgreSQL server."""
    from workbench.commands.documents import document
    from workbench.commands.snapshot import SnapshotOptions, take_snapshots

    found = take_snapshots(opened_study(options), SnapshotOptions(tuple(options.source)), progress_line())
    if options.json:
        show_document(document(found))
    else:
        show("".join(f"{one.source}: {one.series} series\n" for one in found.taken if one.error is None))
    for one in found.taken:
        for text in (*one.missing, *([one.error] if one.error else [])):
            say(text)
        if one.unclaimed:
            say(f"{one.source}: databases of no tenant: {', '.join(one.unclaimed)}")
        if one.twice:
            say(f"{one.source}: databases that two tenants claim: {', '.join(one.twice)}")
    return ANSWERED if found.reached else NOT_REACHED


def answer_import(options: Namespace) -> int:
    """Import files."""
    from workbench.commands.documents import document
    from workbench.commands.import_files import ImportOptions, import_files

    found = import_files(opened_study(options), ImportOptions(tuple(options.files), options.tenant), progress_line())
    if options.json:
        show_document(document(found))
    else:
        show("".join(f"{one.file}: {one.kind}, {one.rows:,d} new rows{f'; {one.note}' if one.note else ''}\n" for one in found.files))
    return ANSWERED


def answer_check(options: Namespace) -> int:
    """Print every finding about a study."""
    from workbench.commands.check import CheckOptions, check, checked_json

    result = check(found_study(options).folder, CheckOptions(now_ms(), sources=not options.offline), progress_line())
    if options.json:
        show_document(checked_json(result))
    else:
        columns = (_text("severity"), _text("area"), _text("finding"))
        rows = tuple(Row(str(index), (words(one.severity), words(one.area), words(one.text))) for index, one in enumerate(result.findings))
        errors = sum(one.severity == "error" for one in result.findings)
        show_tables(Table(f"{result.study}: {_many(errors, 'error')}, {_many(len(rows) - errors, 'other finding')}", columns, rows))
    if result.unreachable:
        return NOT_REACHED
    return ANSWERED if result.answered else NOT_MET


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _text(key: str) -> Column:
    return Column(key, key, align=Align.LEFT)
