"""Verbs that plan: compare, bill, risk, fit, forecast, size, record, changes, and the terminal."""

import os
import sys
from argparse import Namespace
from io import TextIOWrapper

from workbench.cli.finding import found_study, opened_study
from workbench.cli.narration import finish, progress_line, say
from workbench.views.cell import Table
from workbench.views.rendering import render

ANSWERED, NOT_MET, WRONG = 0, 1, 2
SERVED = "TEXTUAL_DRIVER"
"""Environment variable by which a server of the terminal says that it draws the screen, not the terminal."""


def show(text: str) -> None:
    """Print the answer; in ASCII where stdout can say no more."""
    from workbench.charts.ascii import ascii_text

    finish()
    sys.stdout.write(text if says_all(sys.stdout.encoding) else ascii_text(text))
    sys.stdout.flush()


def show_document(text: str) -> None:
    """Print a JSON document, in UTF-8 whatever the terminal's character set (RFC 8259, 8.1)."""
    finish()
    if not says_all(sys.stdout.encoding) and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)
    sys.stdout.flush()


def says_all(encoding: str | None) -> bool:
    """Return whether a character set has every character."""
    return encoding is None or encoding.lower().replace("-", "").startswith("utf")


def show_tables(*tables: Table) -> None:
    """Print tables with an empty line between them."""
    show("\n".join(render(table) for table in tables))


def open_terminal(options: Namespace) -> int:
    """Open the terminal; without one on stdout print the comparison."""
    if options.rest:
        raise ValueError(f"unexpected {' '.join(options.rest)}: `workbench --help` shows what there is")
    if sys.stdout.isatty() or SERVED in os.environ:
        from workbench.tui.app import run

        return run(found_study(options).folder)
    plain = Namespace(**vars(options), json=False, why=False, csv=None, scenario=[], edit=[], topology=[], require=[], table="lines")
    plain.dialect, plain.frontier, plain.keep, plain.xlsx, plain.html, plain.focus = "machine", False, None, None, None, None
    return answer_compare(plain)


def answer_compare(options: Namespace) -> int:
    """Print the topologies side by side."""
    from workbench.commands.compare import CompareOptions, compare, compared_json
    from workbench.views.decision import decision_tables
    from workbench.views.recommendation import recommendation_text
    from workbench.views.topologies import topologies_table

    chosen = CompareOptions(
        tuple(options.scenario), tuple(options.edit), tuple(options.topology), options.csv, options.table, options.dialect,
        tuple(options.require), options.frontier, options.xlsx, options.html, options.focus, options.keep,
    )  # fmt: skip
    found = compare(opened_study(options), chosen, progress_line())
    finish()
    for sentence in found.written:
        say(sentence)
    if options.json:
        show_document(compared_json(found, why=options.why))
    else:
        show_tables(topologies_table(found.comparison))
        show("".join(f"{line}\n" for line in recommendation_text(found.comparison, found.decision)))
        if options.frontier:
            show("\n")
            show_tables(*decision_tables(found.comparison, found.decision))
        if options.why:
            from workbench.views.why import why_text

            show(why_text(found.comparison))
    if found.kept is not None:
        say(found.kept.diff)
        say(f"wrote {found.kept.path}")
    for one in found.requirements:
        say(f"{'met' if one.met else 'NOT met'}: {one.requirement}, found {one.found}")
    return ANSWERED if found.answered else NOT_MET


def answer_bill(options: Namespace) -> int:
    """Print the bill of a topology."""
    from workbench.commands.bill import BillOptions, bill, billed_json
    from workbench.views.cost import layers_table, lines_table
    from workbench.views.payers import chargeback_table, invoice_table
    from workbench.views.spending import budget_table, commitments_table, environments_table, horizon_table, step_ups_table

    chosen = BillOptions(options.topology, tuple(options.scenario), tuple(options.edit))
    found = bill(opened_study(options), chosen, progress_line())
    if options.json:
        show_document(billed_json(found))
    else:
        comparison, name = found.comparison, found.topology
        tables = [
            layers_table(comparison),
            horizon_table(comparison, found.by_other_rule(), name),
            budget_table(comparison, name),
            step_ups_table(comparison, name),
            commitments_table(comparison, name),
            environments_table(comparison, name),
            chargeback_table(comparison, name),
            lines_table(comparison, name),
        ]
        show_tables(*tables, *([invoice_table(comparison)] if name == "current" else []))
    return ANSWERED if found.answered else NOT_MET


def answer_risk(options: Namespace) -> int:
    """Print what breaks together, or what happens if a domain is lost now."""
    from workbench.commands.risk import RiskOptions, risk, risked_json
    from workbench.views.loss_now import lost_table
    from workbench.views.risk_sheets import risk_tables

    chosen = RiskOptions(options.topology, options.lose, tuple(options.scenario), tuple(options.edit))
    found = risk(opened_study(options), chosen, progress_line())
    if options.json:
        show_document(risked_json(found))
    elif found.loss is not None:
        show_tables(lost_table(found.loss, found.comparison.currency))
    else:
        show_tables(*risk_tables(found.comparison, found.topology, found.details))
    return ANSWERED


def answer_fit(options: Namespace) -> int:
    """Print the fitted workloads."""
    from workbench.commands.fit import FitOptions, fit, fitted_json
    from workbench.views.fit import fit_tables

    found = fit(opened_study(options), FitOptions(tuple(options.tenant), options.csv, options.dialect), progress_line())
    if options.csv is not None:
        finish()
        say(f"wrote {options.csv}")
    if options.json:
        show_document(fitted_json(found))
    else:
        show_tables(*fit_tables(found.rows, found.pools, found.unfitted))
        for resource in found.missing:
            say(f"no data for {resource}: not checked")
    return ANSWERED


def answer_size(options: Namespace) -> int:
    """Print sizes of a worker pool, of a study or of numbers alone."""
    if options.rate is not None or options.users is not None:
        return _size_load(options)
    if options.stored is not None or options.created is not None:
        from workbench.cli.stores import answer_store

        return answer_store(options)
    from workbench.commands.size import SizeOptions, pool_sized_json, size_pool
    from workbench.views.sizing import machines_table, sizing_table

    if options.pool is None:
        return _size_pools(options)
    chosen = SizeOptions(options.pool, options.topology, tuple(options.scenario), tuple(options.edit))
    sized = size_pool(opened_study(options), chosen, progress_line())
    if options.json:
        show_document(pool_sized_json(sized))
    else:
        machines = machines_table(sized.sizing.load, sized.machines, options.pool, sized.currency)
        show_tables(sizing_table(sized.sizing), machines)
    return ANSWERED


def _size_load(options: Namespace) -> int:
    from workbench.commands.size import LoadOptions, size_load, sized_json
    from workbench.views.sizing import load_table

    needed = ("cpu", "cores", "within", *(["think"] if options.users is not None else []))
    missing = [f"--{name}" for name in needed if getattr(options, name) is None]
    given = "--users" if options.users is not None else "--rate"
    if missing:
        raise ValueError(f"size {given} also needs {', '.join(missing)}, such as --cpu 45ms --cores 4 --within 800ms --think 25s")
    if options.users is not None and options.rate is not None:
        raise ValueError("size takes --rate or --users, not both: users make their own rate")
    load = LoadOptions(
        options.rate, options.cpu, options.database, options.scv, options.cores, options.within, options.share, options.workers,
        options.users, options.think, options.requests_per_action, options.database_cores, options.overflow,
    )  # fmt: skip
    sized = size_load(load)
    if options.json:
        show(sized_json(sized))
    else:
        show_tables(load_table(sized))
    return ANSWERED if sized.answered else NOT_MET


def _size_pools(options: Namespace) -> int:
    from workbench.commands.bill import BillOptions, bill
    from workbench.commands.documents import document
    from workbench.views.sizing import worker_pools_table

    chosen = BillOptions(options.topology, tuple(options.scenario), tuple(options.edit))
    compared = bill(opened_study(options), chosen, progress_line()).comparison
    if options.json:
        show_document(document(compared.result(options.topology).performance))
    else:
        show_tables(worker_pools_table(compared, options.topology))
    return ANSWERED


def answer_record(options: Namespace) -> int:
    """Freeze a comparison."""
    from workbench.commands.record import RecordOptions, record

    chosen = RecordOptions(options.name, options.reason, tuple(options.scenario), tuple(options.edit))
    found = record(opened_study(options), chosen, progress_line())
    show(f"{found.path}\n")
    return ANSWERED


def answer_changes(options: Namespace) -> int:
    """Print what moved since a record, input by input, then every figure that differs."""
    from workbench.commands.changes import ChangesOptions, changes, changes_json
    from workbench.views.bridge import bridge_table

    found = changes(opened_study(options), ChangesOptions(options.name, options.other), progress_line())
    if options.json:
        show_document(changes_json(found))
    elif not found.changes:
        show("nothing moved\n")
    else:
        if found.bridges:
            show_tables(*(bridge_table(bridge, found.currency) for bridge in found.bridges))
        else:
            say(found.note)
        show("".join(f"{one.path}: {one.before!s} → {one.after!s}\n" for one in found.changes))
    return ANSWERED
