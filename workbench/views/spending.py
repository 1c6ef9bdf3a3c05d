"""How a topology is paid for: over the whole horizon, year by year, by the term, by environment."""

from decimal import Decimal

from pricing.fiscal import month_start
from workbench.pipeline.budgets import YearAtRisk, years_at_risk
from workbench.pipeline.committed import CommittedOffer, committed_offers
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.environments import IDLE_REQUESTS_PER_HOUR, environment_costs, sleeping_saves
from workbench.pipeline.figures import Result
from workbench.pipeline.present_value import present_value
from workbench.pipeline.purchase_rules import OtherRule
from workbench.pipeline.step_ups import step_ups
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.cost import no_total
from workbench.views.text import about, count, money, number, share, words


def horizon_table(comparison: Comparison, other: OtherRule | None = None, topology: str = "") -> Table:
    """Return the sums over the horizon, a column a topology; `other`: one topology bought by the other rule, in a row of its own."""
    currency, study = comparison.currency, comparison.factory.sizer.study
    results = comparison.results
    columns = (Column("sum", "over the horizon", currency, Align.LEFT), *(Column(result.name, result.name) for result in results))
    rows = [
        Row("paid", (words("cash paid"), *(money(result.total_cost, currency) for result in results))),
        Row("upfront", (words("of it fees upfront"), *(_known(result, result.bill.upfront_cost, currency) for result in results))),
        Row("used", (words("used up, fees spread"), *(_known(result, result.bill.amortised_total, currency) for result in results))),
        Row("beyond", (words("still bound afterwards"), *(_known(result, result.bill.committed_beyond, currency) for result in results))),
    ]
    rate = study.money.discount_rate
    if rate is not None:
        values = (money(present_value(comparison, result), currency) for result in results)
        rows.append(Row("present", (words(f"net present value at {100 * rate:.4g} %"), *values)))
    if other is not None:
        cells = (money(other.total_cost, currency) if result.name == topology else words("") for result in results)
        rows.append(Row("other", (words(f"cash paid if bought {_rule(other.step_months)}"), *cells)))
    notes = (f"bought {_rule(study.purchase.step_months)}; taxes are excluded",)
    return Table(f"{comparison.study}: {comparison.horizon_months} months", columns, tuple(rows), notes)


def _known(result: Result, amount: Decimal | None, currency: str) -> Cell:
    return money(amount if result.feasible else None, currency)


def _rule(step_months: int | None) -> str:
    return "at once on day one" if step_months is None else f"in steps of {step_months} months"


_YEARS = (
    Column("year", "fiscal year", align=Align.LEFT),
    Column("cash", "cash"),
    Column("budget", "budget"),
    Column("gap", "left"),
    Column("over", "P(over)"),
    Column("range", "5 … 95 % of paths"),
    Column("months", "months"),
)


def budget_table(comparison: Comparison, topology: str) -> Table:
    """Return the cash of each fiscal year against its budget, and how likely it is overspent; a negative rest is over the budget."""
    result, currency = comparison.result(topology), comparison.currency
    years = years_at_risk(comparison, result)
    rows = tuple(_year(one, currency) for one in years)
    notes = ["a fiscal year that the horizon cuts holds only the months within it"]
    if years and years[0].paid is None:
        notes.append("what runs today is not bought anew, so its cash does not follow demand")
    elif years:
        notes.append(
            "P(over): share of joint demand paths on which buying what the path needs costs more than the budget; "
            "cash is what is planned, which lies high among the paths because pools are bought for the planned quantile"
        )
    return Table(f"{topology}: cash by fiscal year, {currency}", _YEARS, rows, tuple(notes) if rows else (no_total(result),))


def _year(one: YearAtRisk, currency: str) -> Row:
    year = one.year
    spread = Cell(None, "–") if one.paid is None else words(f"{about(one.paid.p05, currency).text} … {about(one.paid.p95, currency).text}")
    over = Cell(None, "–") if one.over is None else share(one.over, digits=0)
    gap = money(year.gap, currency)
    return Row(
        year.fiscal_year,
        (words(year.fiscal_year), money(year.paid, currency), money(year.budget, currency), gap, over, spread, count(year.months)),
    )


_STEPS = (
    Column("month", "from", align=Align.LEFT),
    Column("pool", "pool", align=Align.LEFT),
    Column("bought", "buys", align=Align.LEFT),
    Column("more", "a month more"),
)


def step_ups_table(comparison: Comparison, topology: str) -> Table:
    """Return the purchases that raise the cash flow, month by month; what only moves with use is counted below."""
    result, currency = comparison.result(topology), comparison.currency
    steps = step_ups(result)
    rows = tuple(
        Row(
            f"{one.month}/{one.pool}",
            (
                words(f"{month_start(comparison.as_of, one.month):%Y-%m}"),
                words(one.pool),
                words(", ".join(f"{count:+d} {offer}" for offer, count in one.machines)),
                Cell(one.more, f"{one.more:+,.2f}", currency),
            ),
        )
        for one in steps
        if one.machines
    )
    used = len(steps) - len(rows)
    notes = (f"and {used} smaller steps of what is paid by use: storage, traffic, copies",) if used else ()
    return Table(
        f"{topology}: steps of the cash flow, {currency}", _STEPS, rows, notes if rows or used else ("no step after the first month",)
    )


_TERMS = (
    Column("pool", "pool", align=Align.LEFT),
    Column("committed", "bound"),
    Column("price", "pays from"),
    Column("used", "used"),
    Column("outlived", "outlives"),
    Column("level", "best"),
    Column("beyond", "afterwards"),
    Column("paid_back", "paid back"),
    Column("offer", "offer", align=Align.LEFT),
    Column("term", "term"),
)


def commitments_table(comparison: Comparison, topology: str) -> Table:
    """Return what is bought for a term: its break-even, how far it is used, and the risk that it outlives the plan."""
    result, currency = comparison.result(topology), comparison.currency
    rows = tuple(_term(one, currency) for one in committed_offers(comparison, result))
    notes = [
        "pays from: share of the time a machine must be needed, price in the term over that of an hour; used: by joint paths",
        "outlives: probability that less is needed before the horizon ends; best: the level with the least cost (newsvendor)",
        "afterwards: what running terms cost when the horizon has ended; paid back: when an upfront fee has earned itself",
    ]
    if rows and all(row.cells[3].value is None for row in rows):
        notes.append("used, outlives, best: not asked of what runs today, nor of more than 200 pools")
    return Table(f"{topology}: bought for a term, {currency}", _TERMS, rows, tuple(notes) if rows else ("nothing is bought for a term",))


def _term(one: CommittedOffer, currency: str) -> Row:
    bound = f"{one.term_months} months"
    cells = (
        words(one.pool),
        Cell(one.committed, f"{one.committed:,.0f}"),
        Cell(None, "not sold by the hour") if one.break_even is None else share(float(one.break_even)),
        Cell(None, "–") if one.used is None else share(float(one.used)),
        Cell(None, "–") if one.outlived is None else share(float(one.outlived), digits=0),
        Cell(None, "–") if one.level is None else Cell(one.level, f"{one.level:,.0f}"),
        money(one.beyond, currency) if one.ends_after_months else Cell(one.beyond, "ends with it", currency),
        Cell(None, "no fee") if one.paid_back_months is None else Cell(one.paid_back_months, f"{one.paid_back_months:,.1f} months"),
        words(one.offer),
        Cell(one.term_months, bound, "months"),
    )
    return Row(f"{one.pool}/{one.offer}/{one.term_months}", cells)


_ENVIRONMENTS = (
    Column("tenant", "environment", align=Align.LEFT),
    Column("monthly", "mean month"),
    Column("idle", "", align=Align.LEFT),
    Column("requests", "requests an hour"),
    Column("awake", "awake"),
    Column("kind", "kind", align=Align.LEFT),
)


def environments_table(comparison: Comparison, topology: str) -> Table:
    """Return what environments beside production cost, the dearest first; those that nobody uses are named."""
    result, currency = comparison.result(topology), comparison.currency
    rows = tuple(
        Row(
            one.tenant,
            (
                words(one.tenant),
                money(one.monthly, currency),
                words("idle" if one.idle else ""),
                number(one.requests_per_hour, digits=1),
                share(one.awake_share, digits=0),
                words(one.environment),
            ),
        )
        for one in environment_costs(comparison, result)
    )
    saved = sleeping_saves(result)
    notes = (
        f"sleeping saves {'?' if saved is None else f'{saved:,.2f}'} a month",
        f"idle: below {IDLE_REQUESTS_PER_HOUR:g} request an hour in the last four weeks",
    )
    return Table(f"{topology}: environments beside production, {currency}", _ENVIRONMENTS, rows, notes if rows else ("there are none",))
