"""Who pays: charge-back by tenant, and the bill of what runs today against its invoice."""

from collections import defaultdict
from decimal import Decimal

from pricing.bill import Block, Line
from pricing.money import round_money
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.show_tables import result_chargeback
from workbench.views.cell import Align, Column, Row, Table
from workbench.views.cost import no_total
from workbench.views.text import money, share, words


def chargeback_table(comparison: Comparison, topology: str) -> Table:
    """Return what every tenant pays over the horizon by the study's rule, with its share; it sums to the amortised bill."""
    result, currency = comparison.result(topology), comparison.currency
    columns = (
        Column("tenant", "tenant", align=Align.LEFT),
        Column("monthly", "mean month"),
        Column("share", "share"),
        Column("amount", "in the horizon"),
        Column("cost_centre", "cost centre", align=Align.LEFT),
    )
    if result.total_cost is None:
        return Table(f"{topology}: charge-back", columns, (), (no_total(result),))
    amounts: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in result_chargeback(comparison, result):
        amounts[row.tenant, row.cost_centre] += row.amount
    total = sum(amounts.values(), Decimal(0))
    rows = tuple(
        Row(
            tenant,
            (
                words(tenant),
                money(round_money(amount / comparison.horizon_months), currency),
                share(float(amount / total) if total else None),
                money(amount, currency),
                words(centre),
            ),
        )
        for (tenant, centre), amount in sorted(amounts.items(), key=lambda item: -item[1])
    )
    rule = comparison.factory.sizer.study.money.chargeback
    return Table(f"{topology}: charge-back by {rule}, {currency}", columns, rows, (f"sums to {total:,.2f}, the amortised bill",))


def invoice_table(comparison: Comparison) -> Table:
    """Return what runs today against its last invoice; both in the study's currency."""
    columns = (Column("figure", "what runs today", align=Align.LEFT), Column("amount", comparison.currency))
    names = [result.name for result in comparison.results]
    if "current" not in names:
        return Table("invoice check", columns, (), ("what runs today is not in the comparison: describe it in topologies/current.toml",))
    result = comparison.result("current")
    billed = _first_month(result)
    invoice = comparison.invoice
    gap = None if billed is None or invoice is None else billed - invoice
    rows = (
        Row("bill", (words("infrastructure by the price books, first month"), money(billed, comparison.currency))),
        Row("invoice", (words("last invoice"), money(invoice, comparison.currency))),
        Row("gap", (words("bill less invoice"), money(gap, comparison.currency))),
        Row("share", (words("of the invoice"), share(float(gap / invoice) if gap is not None and invoice else None))),
    )
    notes = ("no invoice in topologies/current.toml: add [invoice]",) if invoice is None else ()
    return Table("invoice check", columns, rows, notes)


def _first_month(result: Result) -> Decimal | None:
    """Return what the infrastructure costs in the first month; labour is on no provider's invoice."""
    total = Decimal("0.00")
    for line in result.bill.lines:
        if line.block == Block.INFRASTRUCTURE:
            amount = _in_first_month(line)
            if amount is None:
                return None
            total += amount
    return total


def _in_first_month(line: Line) -> Decimal | None:
    schedule = line.schedule()
    if schedule is None:
        return None
    return schedule.cost_in(0) if line.first_month == 0 else Decimal("0.00")
