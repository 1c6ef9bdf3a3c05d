"""The margin ladder of a pool: why it is as large as it is."""

from workbench.pipeline.session import Session
from workbench.pipeline.show_ladder import LOSS, Ladder
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import money, quantity, quantity_text, resource_name, share, words

_COLUMNS = (
    Column("rung", "from mean use to what is bought", align=Align.LEFT),
    Column("added", "adds"),
    Column("level", "reaches"),
    Column("share", "of what is bought"),
    Column("money", "a month"),
)


def ladder_table(session: Session, ladder: Ladder) -> Table:
    """Return the rungs with units, share and money; money sums to the pool's infrastructure in that month."""
    currency = session.study.money.currency
    rows = tuple(
        Row(
            rung.name,
            (
                words(rung.name),
                _signed(rung.added, ladder.unit),
                quantity(rung.level, ladder.unit),
                share(rung.share),
                money(rung.per_month, currency),
            ),
        )
        for rung in ladder.rungs
    )
    first, until = (session.window.month_start(month) for month in (ladder.month, ladder.until_month))
    title = f"{ladder.topology} · {ladder.pool} · {resource_name(ladder.resource)}: bought {first:%Y-%m} for demand until {until:%Y-%m}"
    notes = [f"amounts in {currency}: the pool's infrastructure, divided by units"]
    if any(rung.name == LOSS and rung.level is None for rung in ladder.rungs):
        notes.append("loss: nothing is left after it, or the limit is unknown; no size of this kind survives it")
    return Table(title, _COLUMNS, rows, tuple(notes))


def ladder_reasons(ladder: Ladder) -> tuple[str, ...]:
    """Return what the rungs mean: one margin for one uncertainty."""
    known = [rung for rung in ladder.rungs if rung.added is not None and rung.share is not None]
    largest = max(known, key=lambda rung: rung.added or 0.0, default=None)
    most = () if largest is None else (f"largest step: {largest.name}, {share(largest.share).text} of what is bought",)
    meaning = (
        "each step answers one uncertainty: the busiest hour the week, growth and the paths what nobody knows yet (the same path carries "
        "growth and fitted parameters), the objective the variation inside the hour, the loss failures, the reserve what nobody modelled"
    )
    return (*most, meaning)


def _signed(value: float | None, unit: str) -> Cell:
    cell = quantity(value, unit)
    return cell if value is None or value <= 0 else Cell(value, f"+{quantity_text(value, unit)}", unit)
