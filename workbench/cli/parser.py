"""Verbs and options; imports nothing but argparse, so that --help is there at once."""

import argparse
from pathlib import Path

from workbench import __version__
from workbench.cli import values

DESCRIPTION = "Sizes, prices and stress-tests Odoo hosting for groups of plants."
EPILOG = """\
STUDY is a study's folder; without it the nearest study.toml upwards, else the bundled demo.
exit codes: 0 answered · 1 a gate not met, an error found, nothing feasible · 2 wrong usage or input · 3 a source not reached
"""
VERBS = {
    "init": "write a starter study; with addresses, draft tenants and what runs today",
    "collect": "all sources of the study into history; stopped or killed, it goes on where it was",
    "snapshot": "one snapshot of each PostgreSQL server, for cron or a timer",
    "import": "Odoo logs, long tables, incidents and invoices into the study",
    "check": "is the study whole, the history good, do sources answer, can prices be believed",
    "fit": "every fitted parameter: interval, method, goodness of fit, and what the data leave open",
    "forecast": "demand and when what is full; a gate with --full-within",
    "size": "worker pools: of a study, or of numbers alone",
    "compare": "current, multi-tenant, hybrid and dedicated side by side; CSV for finance",
    "bill": "what a topology costs, line by line and by fiscal year",
    "risk": "what breaks together; with --lose, what happens if it is lost now",
    "record": "freeze a comparison in the study",
    "changes": "what moved since a record",
    "prices": "price books: list, check, import",
    "serve": "the terminal in a browser, on this machine unless told otherwise",
}
"""Verb to what it does, in the order of a study's life."""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="workbench",
        usage="workbench [STUDY]          open the terminal (without one: print the comparison)\n       workbench VERB [options]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"capacity-workbench {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", prog="workbench")
    for verb, says in VERBS.items():
        one = verbs.add_parser(verb, help=says, description=f"{says[0].upper()}{says[1:]}.")
        _OPTIONS[verb](one)
    return parser


def _study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", nargs="?", metavar="STUDY", help="the study's folder")


def _study_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--study", metavar="DIR", help="the study's folder")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def _changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", action="append", default=[], metavar="NAME", help="apply a scenario of the study; repeatable")
    parser.add_argument("--edit", action="append", default=[], metavar="EDIT", help='such as "scale-driver requests 1.2"; repeatable')


def _compare(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    _changes(parser)
    parser.add_argument("--topology", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a table for finance")
    parser.add_argument("--table", choices=("lines", "cashflow", "chargeback", "summary"), default="lines", help="which (default: lines)")
    parser.add_argument("--dialect", choices=("machine", "excel"), default="machine", help="comma and dot, or semicolon and decimal comma")
    parser.add_argument("--xlsx", type=Path, metavar="FILE", help="write a workbook whose formulas add the totals up anew")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the decision as a page that needs nothing else and prints on A4")
    parser.add_argument("--focus", type=Path, metavar="FILE", help="write planned cost in the shape of FOCUS 1.2")
    parser.add_argument("--require", action="append", default=[], metavar="GATE", help='such as "hybrid.headroom>=0.1"; repeatable')
    parser.add_argument("--why", action="store_true", help="say why: reasons, and where each figure comes from")
    parser.add_argument("--frontier", action="store_true", help="also what less blast radius costs, and what would change the choice")
    parser.add_argument("--keep", metavar="TOPOLOGY=NAME", help="write its pools as topologies/NAME.toml and print what changes")


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, nargs="?", metavar="DIR", help="a new or empty folder (on a terminal: without it, step by step)"
    )
    parser.add_argument("--name", help="name of the study (default: the folder's)")
    parser.add_argument("--prometheus", metavar="URL", help="draft tenants and pools from this server")
    parser.add_argument("--postgres", metavar="SERVICE", help="draft tenants from this libpq service; prints the GRANTs it needs")


def _collect(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    parser.add_argument("--since", type=values.days, metavar="DURATION", help="how far back, such as 30d (default: 400d)")
    parser.add_argument("--source", action="append", default=[], metavar="NAME", help="only this one; repeatable")


def _snapshot(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    parser.add_argument("--source", action="append", default=[], metavar="NAME", help="only this one; repeatable")


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="told apart by their headings")
    parser.add_argument("--tenant", metavar="NAME", help="the tenant whose log it is, whatever its database is called")
    _study_option(parser)
    _json(parser)


def _check(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    parser.add_argument("--offline", action="store_true", help="do not ask the sources")


def _fit(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a parameter")
    parser.add_argument("--dialect", choices=("machine", "excel"), default="machine", help="comma and dot, or semicolon and decimal comma")
    parser.add_argument("--tenant", action="append", default=[], metavar="NAME", help="only this one; repeatable")


def _forecast(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    _changes(parser)
    parser.add_argument("--topology", default="current", metavar="NAME", help="whose limits (default: current)")
    parser.add_argument("--tenant", metavar="NAME", help="of one tenant (default: all together); with the gate, all that it stands on")
    parser.add_argument("--pool", metavar="NAME", help="the gate looks at this pool only")
    parser.add_argument("--full-within", type=values.days, metavar="DURATION", help="gate: nothing may be full so soon, such as 90d …")
    parser.add_argument("--at-most", type=values.probability, default=0.05, metavar="P", help="… with more than this probability (0.05)")
    parser.add_argument("--backtest", action="store_true", help="how the forecasts would have done on the study's own history")
    parser.add_argument("--origins", type=values.whole, metavar="N", help="with --backtest: days in the past to forecast from (6)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write when what is full, or the scores of the backtest")
    parser.add_argument("--dialect", choices=("machine", "excel"), default="machine", help="comma and dot, or semicolon and decimal comma")


def _size(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    _changes(parser)
    parser.add_argument("--pool", metavar="NAME", help="a worker pool of the study")
    parser.add_argument("--topology", default="current", metavar="NAME", help="of this topology (default: current)")
    alone = parser.add_argument_group("without a study")
    alone.add_argument("--rate", type=values.positive, metavar="N", help="requests per second in the busiest hour")
    alone.add_argument("--users", type=values.positive, metavar="N", help="instead of --rate: people at work …")
    alone.add_argument("--think", type=values.seconds, metavar="DURATION", help="… who think so long between actions, such as 25s …")
    alone.add_argument("--requests-per-action", type=values.positive, default=1.0, metavar="N", help="… of so many requests (1)")
    alone.add_argument("--cpu", type=values.seconds, metavar="DURATION", help="application CPU of a request, such as 45ms")
    alone.add_argument("--database", type=values.seconds, default=0.0, metavar="DURATION", help="database time of a request")
    alone.add_argument("--scv", type=values.not_negative, default=1.0, metavar="N", help="squared coefficient of variation of service")
    alone.add_argument("--cores", type=values.positive, metavar="N", help="cores of one machine")
    alone.add_argument("--within", type=values.seconds, metavar="DURATION", help="the objective, such as 800ms …")
    alone.add_argument("--share", type=values.open_share, default=0.95, metavar="P", help="… for this share of requests (0.95)")
    alone.add_argument("--overflow", type=values.open_share, metavar="P", help="an accept queue may overflow in an hour (0.05)")
    alone.add_argument("--database-cores", type=values.positive, metavar="N", help="of the database all machines share")
    alone.add_argument("--workers", type=values.whole, metavar="N", help="workers a machine (default: 2 × cores + 1)")
    database = parser.add_argument_group("a database's cache, without a study")
    database.add_argument("--stored", type=values.size, metavar="SIZE", help="what it stores, such as 40GiB")
    database.add_argument("--buffers", type=values.size, metavar="SIZE", help="its shared buffers")
    database.add_argument("--reads", type=values.positive, metavar="N", help="blocks it looks up a second")
    database.add_argument("--missed", type=values.open_share, metavar="P", help="share of them that is not in shared buffers")
    database.add_argument("--wanted", type=values.size, metavar="SIZE", help="shared buffers to ask about")
    sessions = parser.add_argument_group("a session cache, without a study")
    sessions.add_argument("--created", type=values.positive, metavar="N", help="sessions created a second")
    sessions.add_argument("--life", type=values.seconds, metavar="DURATION", help="life of a session, refreshes included, such as 7d")
    sessions.add_argument("--key-bytes", type=values.whole, default=645, metavar="N", help="memory of a session (645, measured)")


def _bill(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    _changes(parser)
    parser.add_argument("--topology", default="hybrid", metavar="NAME", help="which (default: hybrid)")


def _risk(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _json(parser)
    _changes(parser)
    parser.add_argument("--topology", default="current", metavar="NAME", help="which (default: current)")
    parser.add_argument("--lose", metavar="DOMAIN", help="a failure domain that is lost now, such as a pool or zone")


def _record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--reason", default="", help="why, in your words")
    _study_option(parser)
    _changes(parser)


def _changes_verb(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("other", nargs="?", metavar="OTHER", help="another record (default: the study as it is now)")
    _study_option(parser)
    _json(parser)


def _prices(parser: argparse.ArgumentParser) -> None:
    doing = parser.add_subparsers(dest="prices_verb", metavar="list|check|import", required=True)
    listing = doing.add_parser("list", help="what the study's price book holds and how old it is")
    listing.add_argument("--provider", default="", metavar="NAME", help="only prices of this provider, such as azure")
    listing.add_argument("--region", default="", metavar="NAME", help="only prices of this region, such as azure/westeurope")
    listing.add_argument("--service", default="", metavar="KIND", help="only prices of this kind of offer, such as machine or egress")
    listing.add_argument("--older-than", type=values.days, metavar="DURATION", help="only prices this old, such as 180d, and undated ones")
    listing.add_argument("--csv", type=Path, metavar="FILE", help="write a row for each price")
    listing.add_argument("--dialect", choices=("machine", "excel"), default="machine", help="comma and dot, or semicolon and decimal comma")
    checking = doing.add_parser("check", help="what to doubt: age, gaps, mixed dates, conflicts, currencies without a rate")
    importing = doing.add_parser("import", help="bring a price file into the study's offers.csv")
    importing.add_argument("file", type=Path, metavar="FILE", help="told apart by content: our CSV, AWS, Azure, Google, Hetzner, OpenCost")
    importing.add_argument("--as-of", type=values.day, metavar="DATE", help="day of the download, where the file does not say it")
    importing.add_argument("--region", action="append", default=[], metavar="NAME", help="only this region of a large file; repeatable")
    importing.add_argument("--valid-from", type=values.day, metavar="DATE", help="day from which they hold, where the file does not say it")
    importing.add_argument(
        "--applies-to", choices=("new", "existing"), default="", help="only new orders and rescales, or what runs already"
    )
    for one in (listing, checking, importing):
        _study_option(one)
    for one in (listing, checking):
        _json(one)


def _serve(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=values.port, default=8000, metavar="N", help="port to listen on (default: 8000)")
    parser.add_argument("--read-only", action="store_true", help="visitors look and try edits; nothing is written")


_OPTIONS = {
    "init": _init,
    "collect": _collect,
    "snapshot": _snapshot,
    "import": _import,
    "check": _check,
    "fit": _fit,
    "forecast": _forecast,
    "size": _size,
    "compare": _compare,
    "bill": _bill,
    "risk": _risk,
    "record": _record,
    "changes": _changes_verb,
    "prices": _prices,
    "serve": _serve,
}
