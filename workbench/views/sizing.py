"""Worker pools: response and utilisation at other sizes, the rule of thumb beside them."""

from collections.abc import Sequence

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_curves import WorkersPoint
from workbench.pipeline.show_reasons import Reason, ReasonCode
from workbench.pipeline.show_sizing import MachineOption, PoolSizing, Setup
from workbench.pipeline.sizes import Load, Option, Rule, Sizes, Users
from workbench.views.cell import BEST, Align, Cell, Column, Row, Table
from workbench.views.model_reasons import model_reasons
from workbench.views.text import about, count, figures, number, quantity_text, resource_name, seconds, share, words

BOUNDS = frozenset({ReasonCode.BINDING, ReasonCode.OVERFLOW})
"""Reasons that say which bound comes first: a sentence of its own says it."""

_OPTIONS = (
    Column("size", "size", align=Align.LEFT),
    Column("p50", "p50"),
    Column("p95", "p95"),
    Column("p99", "p99"),
    Column("utilization", "busy workers"),
    Column("answered", "within the objective"),
    Column("keeps_response", "keeps the objective to", "requests/s"),
    Column("keeps_queue", "accept queue holds to", "requests/s"),
    Column("binds", "first", align=Align.LEFT),
    Column("keeps", "keeps both", align=Align.LEFT),
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
    rows = tuple(Row(size_text(one), _option_cells(one, BEST if one == own else "")) for one in options)
    return Table(load_text(load), _OPTIONS, rows, (f"{BEST}: as planned",) if own is not None else ())


def load_text(load: Load) -> str:
    """Return a load and its objective in words."""
    law = load.law
    asked = f"{load.rate:,.1f} requests/s" if load.users is None else users_text(load.users)
    other = f" + {seconds(law.delay_s).text} other" if law.delay_s > 0 else ""
    return (
        f"{asked} · {seconds(law.cpu_s).text} application + {seconds(law.database_s).text} database{other} · "
        f"{share(load.share, digits=0).text} within {seconds(load.within_s).text}"
    )


def users_text(users: Users) -> str:
    """Return people at work in words."""
    return f"{users.users:,g} users, {users.requests_per_action:g} requests an action, {seconds(users.think_s).text} between actions"


def load_table(sizes: Sizes) -> Table:
    """Return sizes for a load with the answers below: fewest workers, fewest machines, one bigger machine, the rule of thumb."""
    table = options_table(sizes.load, sizes.options, sizes.fewest)
    one = "no number of workers on one machine keeps both" if sizes.fewest is None else f"one machine: {size_text(sizes.fewest)}"
    many = "no number of machines keeps both" if sizes.replicas is None else f"machines of the usual size: {size_text(sizes.replicas)}"
    big = "no single machine keeps both" if sizes.bigger is None else f"one bigger machine: {size_text(sizes.bigger)}"
    answered = [option for option in (sizes.fewest, sizes.replicas, sizes.bigger) if option is not None]
    bounds = [bound_text(option) for option in answered[:1]]
    rule = [] if sizes.rule is None or sizes.load.users is None else [rule_text(sizes.rule, round(sizes.load.users.users))]
    reasons = model_reasons(reason for option in (answered or sizes.options)[:1] for reason in option.reasons if reason.code not in BOUNDS)
    return Table(
        table.title, table.columns, table.rows, (f"{BEST}: fewest workers that keep both", one, many, big, *bounds, *rule, *reasons)
    )


def bound_text(option: Option) -> str:
    """Return which bound comes first for a size, and what lies beyond it."""
    first = {
        "objective": "the response objective comes first; the accept queue holds to",
        "accept queue": "the accept queue comes first, beyond it a pool may not recover by itself; the objective alone is kept to",
    }[option.binds]
    other = {"objective": option.keeps_queue, "accept queue": option.keeps_response}[option.binds]
    return f"{size_text(option)} carry {figures(option.carries)} requests/s: {first} {figures(other)}"


def bounds_text(option: Option) -> str:
    """Return both bounds of a size in one line, the one that comes first first."""
    objective, queue = f"objective kept to {figures(option.keeps_response)}/s", f"accept queue holds to {figures(option.keeps_queue)}/s"
    asked = f"asked for {figures(option.rate)}/s"
    return " · ".join((queue, objective, asked) if option.binds == "accept queue" else (objective, queue, asked))


def rule_text(rule: Rule, users: int) -> str:
    """Return what Odoo's documentation would buy for as many users."""
    memory = quantity_text(rule.memory_bytes, "bytes")
    return f"rule of thumb for {users:,d} users at once (Odoo documentation): {rule.workers} workers, {rule.cores:g} cores, {memory}"


def size_text(option: Option) -> str:
    """Return a size in words, such as "2 × 16 workers on 8 cores"."""
    replicas = f"{option.replicas} × " if option.replicas > 1 else ""
    return f"{replicas}{option.workers} workers on {option.cores:g} cores"


def _option_cells(option: Option, mark: str) -> tuple[Cell, ...]:
    return (
        words(size_text(option), mark=mark),
        seconds(option.p50_s),
        seconds(option.p95_s),
        seconds(option.p99_s),
        share(option.utilization),
        share(option.answered, digits=2),
        number(option.keeps_response, "requests/s", digits=1),
        number(option.keeps_queue, "requests/s", digits=1),
        words(option.binds),
        words("yes" if option.keeps else "no"),
    )


def sizing_table(sizing: PoolSizing) -> Table:
    """Return a worker pool with other counts of workers, and what the documentation's rule of thumb would buy."""
    table = options_table(sizing.load, sizing.others, sizing.own)
    notes = (*table.notes, *option_reasons(sizing.own, sizing.setup.reasons), rule_of(sizing))
    return Table(f"{sizing.pool}: {table.title}", table.columns, table.rows, notes)


def rule_of(sizing: PoolSizing) -> str:
    """Return what the documentation would buy beside what is planned."""
    return f"{rule_text(sizing.rule, sizing.setup.users)}; planned: {size_text(sizing.own)}"


def option_reasons(option: Option, more: Sequence[Reason] = ()) -> tuple[str, ...]:
    """Return why a size is as it is: the bound that comes first, what was assumed, what was not checked, what data leave open."""
    return (bound_text(option), *model_reasons(one for one in (*option.reasons, *more) if one.code not in BOUNDS))


def workers_table(setup: Setup, points: Sequence[WorkersPoint], currency: str) -> Table:
    """Return the machines that counts of workers on each need, with cost and utilisation."""
    columns = (
        Column("workers", "workers each"),
        Column("machines", "machines"),
        Column("per_month", "a month, on demand", currency),
        Column("utilization", "busy workers"),
    )
    rows = tuple(
        Row(str(one.workers), (count(one.workers), count(one.replicas), about(one.per_month, currency), share(one.utilization)))
        for one in points
    )
    return Table(
        f"{setup.pool}: fewest machines {setup.offer} by workers on each", columns, rows, ("all alive; ?: none carries it, or no price",)
    )


def machines_table(load: Load, machines: Sequence[MachineOption], pool: str, currency: str) -> Table:
    """Return the fewest machines of every offer that carry a pool with all alive, cheapest first."""
    columns = (
        Column("offer", "machines", align=Align.LEFT),
        Column("size", "size", align=Align.LEFT),
        Column("per_month", "a month, on demand", currency),
        Column("p95", "p95"),
        Column("utilization", "busy workers"),
        Column("carries", "carries", "requests/s"),
        Column("binds", "first", align=Align.LEFT),
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
                words(one.option.binds),
            ),
        )
        for one in machines
    )
    notes = ("all alive: what a loss, a reserve and a commitment change is in the plan",)
    return Table(f"{pool}: machines that carry {figures(load.rate or 0.0)} requests/s", columns, rows, notes)


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
