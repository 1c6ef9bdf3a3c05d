"""Why a bill moved, as a table whose steps add up."""

from datetime import date
from decimal import Decimal

from workbench.pipeline.bridge import Amounts, Bridge
from workbench.pipeline.bridge_facts import Fact, Said
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import figures, money, words

_AS_BEFORE = "as before"


def bridge_table(bridge: Bridge, currency: str) -> Table:
    """Return what each input moved, in the order in which they were exchanged; the steps sum to the difference to the cent."""
    columns = (
        Column("step", "step", align=Align.LEFT),
        Column("monthly_cost", "bill a month"),
        Column("total_cost", "cash in the horizon"),
        Column("why", "what is different", align=Align.LEFT),
    )
    rows = [Row("before", (words("before"), *_amounts(bridge.before, currency), words("")))]
    rows += [
        Row(
            step.cause.value,
            (
                words(step.cause.value),
                *_moved(step.moved, currency),
                words("; ".join(fact_text(fact) for fact in step.facts) or _AS_BEFORE),
            ),
        )
        for step in bridge.steps
    ]
    rows.append(Row("after", (words("after"), *_amounts(bridge.after, currency), words(""))))
    notes = ("one input after the other takes its new value, in this order; another order would share joint effects differently",)
    return Table(f"{bridge.topology}: what moved the bill, {currency}", columns, tuple(rows), notes)


def fact_text(fact: Fact) -> str:
    """Return a fact in words: what it is about, as it was and as it is."""
    if fact.before is None and fact.after is None:
        return fact.what
    unit = f" {fact.unit}" if fact.unit else ""
    return f"{fact.what}: {_said(fact.before)} → {_said(fact.after)}{unit}"


def _said(value: Said) -> str:
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else figures(value)


def _amounts(amounts: Amounts, currency: str) -> tuple[Cell, Cell]:
    return money(amounts.monthly_cost, currency), money(amounts.total_cost, currency)


def _moved(amounts: Amounts, currency: str) -> tuple[Cell, ...]:
    return tuple(_signed(amount, currency) for amount in (amounts.monthly_cost, amounts.total_cost))


def _signed(amount: Decimal | None, currency: str) -> Cell:
    return money(None, currency) if amount is None else Cell(amount, f"{amount:+,.2f}" if amount else "0.00", currency)
