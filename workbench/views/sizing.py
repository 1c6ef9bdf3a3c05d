"""Worker pools: response and utilisation at other sizes, the rule of thumb beside them."""

from collections.abc import Sequence

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_sizing import Load, MachineOption, Option, PoolSizing
from workbench.views.cell import BEST, Align, Cell, Column, Row, Table
from workbench.views.text import about, count, number, resource_name, seconds, share, words

_OPTIONS = (
    Column("size", "size", align=Align.LEFT),
    Column("p50", "p50"),
    Column("p95", "p95"),
    Column("p99", "p99"),
    Column("utilization", "busy workers"),
    Column("answered", "within the objective"),
    Column("carries", "carries", "requests/s"),
    Column("keeps", "keeps it", align=Align.LEFT),
)
_POOLS = (
    Column("pool", "pool", align=Align.LEFT),
    Column("tenants", "tenants"),
    Column("replicas", "replicas"),
    Column("workers", "workers each"),
    Column("p95", "p95 response"),
    Column("over", "over the objective"),
    Column("utilization", "utilisation, busiest hour"),
    Column("headroom", "headroom"),
    Column("binding", "binding", align=Align.LEFT),
)


def options_table(load: Load, options: Sequence[Option], own: Option | None = None) -> Table:
    """Return sizes under a load; the one in use is marked."""
    rows = tuple(Row(size_text(one), _option_cells(load, one, BEST if one == own else "")) for one in options)
    title = (
        f"{load.rate:,.1f} requests/s · {1000 * load.cpu_s:,.0f} ms application + {1000 * load.database_s:,.0f} ms database · "
        f"{100 * load.share:g} % within {seconds(load.within_s).text}"
    )
    return Table(title, _OPTIONS, rows, (f"{BEST}: as planned",) if own is not None else ())


def load_table(load: Load, options: Sequence[Option], fewest: Option | None, replicas: Option | None) -> Table:
    """Return sizes for a load with the answer below: the fewest workers on one machine, and the fewest machines."""
    table = options_table(load, options, fewest)
    one = "no number of workers on one machine keeps the objective" if fewest is None else f"one machine: {size_text(fewest)}"
    many = "no number of machines looked at keeps it" if replicas is None else f"machines of the usual size: {size_text(replicas)}"
    return Table(table.title, table.columns, table.rows, (f"{BEST}: fewest workers that keep it", one, many))


def size_text(option: Option) -> str:
    """Return a size in words, such as "2 × 16 workers on 8 cores"."""
    replicas = f"{option.replicas} × " if option.replicas > 1 else ""
    return f"{replicas}{option.workers} workers on {option.cores:g} cores"


def _option_cells(load: Load, option: Option, mark: str) -> tuple[Cell, ...]:
    return (
        words(size_text(option), mark=mark),
        seconds(option.p50_s),
        seconds(option.p95_s),
        seconds(option.p99_s),
        share(option.utilization),
        share(option.answered, digits=2),
        number(option.carries, "requests/s", digits=1),
        words("yes" if option.keeps(load) else "no"),
    )


def sizing_table(sizing: PoolSizing) -> Table:
    """Return a worker pool with other counts of workers, and what the documentation's rule of thumb would buy."""
    table = options_table(sizing.load, sizing.others, sizing.own)
    rule = (
        f"rule of thumb for {sizing.users} users at once (Odoo documentation): {sizing.rule.workers} workers, {sizing.rule.cores:g} cores; "
        f"planned: {sizing.own.workers * sizing.own.replicas} workers, {sizing.own.cores * sizing.own.replicas:g} cores"
    )
    return Table(f"{sizing.pool}: {table.title}", table.columns, table.rows, (*table.notes, rule))


def machines_table(load: Load, machines: Sequence[MachineOption], pool: str, currency: str) -> Table:
    """Return the fewest machines of every offer that carry a pool with all alive, cheapest first."""
    columns = (
        Column("offer", "machines", align=Align.LEFT),
        Column("size", "size", align=Align.LEFT),
        Column("per_month", "a month, on demand", currency),
        Column("p95", "p95"),
        Column("utilization", "busy workers"),
        Column("carries", "carries", "requests/s"),
    )
    rows = tuple(
        Row(
            one.offer,
            (
                words(f"{one.option.replicas} × {one.offer}"),
                words(f"{one.option.workers} workers each"),
                about(one.per_month, currency),
                seconds(one.option.p95_s),
                share(one.option.utilization),
                number(one.option.carries, "requests/s", digits=1),
            ),
        )
        for one in machines
    )
    notes = ("all alive: what a loss, a reserve and a commitment change is in the plan",)
    return Table(f"{pool}: machines that carry {load.rate:,.1f} requests/s", columns, rows, notes)


def worker_pools_table(comparison: Comparison, topology: str) -> Table:
    """Return the worker pools of a topology in their tightest month."""
    result = comparison.result(topology)
    performance = {one.pool: one for one in result.performance}
    rows = []
    for pool in result.plan.pools:
        if pool.workers == 0:
            continue
        one = performance.get(pool.name)
        headroom, resource, month = pool.tightest()
        rows.append(
            Row(
                pool.name,
                (
                    words(pool.name),
                    count(len(pool.tenants)),
                    count(pool.replicas[month]),
                    count(pool.workers),
                    seconds(None if one is None else one.response_p95_s, comparison.origins.get("response_p95_s")),
                    share(None if one is None else one.over_objective, comparison.origins.get("over_objective"), digits=2),
                    share(None if one is None else one.utilization),
                    share(headroom, comparison.origins.get("headroom")),
                    words(resource_name(resource)),
                ),
            )
        )
    return Table(f"{topology}: worker pools", _POOLS, tuple(rows), ("? in p95: not a production pool, or it cannot be built",))
