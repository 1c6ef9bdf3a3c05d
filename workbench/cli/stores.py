"""`size` of a database's cache or of a session cache, of numbers alone."""

from argparse import Namespace

from workbench.cli.planning import ANSWERED, show, show_tables

DATABASE, SESSIONS = ("stored", "buffers", "reads", "missed"), ("created", "life")


def answer_store(options: Namespace) -> int:
    """Print reads by cache size, or the keys of a session cache."""
    from workbench.commands import size_stores
    from workbench.views.servers import cache_table, keys_table

    if options.stored is not None:
        _require(options, "--stored", DATABASE, "--buffers 8GiB --reads 40000 --missed 0.05")
        asked = size_stores.DatabaseOptions(options.stored, options.buffers, options.reads, options.missed, options.wanted)
        curve = size_stores.size_database(asked)
        if options.json:
            show(size_stores.database_json(curve))
        else:
            show_tables(cache_table(curve))
        return ANSWERED
    _require(options, "--created", SESSIONS, "--life 7d")
    keys = size_stores.size_sessions(size_stores.SessionOptions(options.created, options.life, options.key_bytes))
    if options.json:
        show(size_stores.sessions_json(keys))
    else:
        show_tables(keys_table(keys))
    return ANSWERED


def _require(options: Namespace, given: str, names: tuple[str, ...], example: str) -> None:
    missing = [f"--{name}" for name in names if getattr(options, name) is None]
    if missing:
        raise ValueError(f"size {given} also needs {', '.join(missing)}, such as {example}")
