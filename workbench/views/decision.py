"""What a decision rests on, as tables: paired differences, regret, sensitivity, break-evens, frontier."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision
from workbench.pipeline.differences import Range
from workbench.pipeline.frontier import EstateFrontier, Point
from workbench.pipeline.moves import Move
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.reasons import names_text
from workbench.views.text import about, count, money, number, share, span, unknown, words

HELD = "partitions and purchases are held: with another price the hybrid, searched anew, is never worse than shown"


def decision_tables(comparison: Comparison, decision: Decision) -> tuple[Table, ...]:
    """Return all tables of a decision that have something to say."""
    tables = [
        differences_table(comparison, decision),
        regrets_table(comparison, decision),
        swings_table(comparison, decision),
        break_evens_table(decision),
    ]
    if decision.frontier is not None:
        tables.append(frontier_table(comparison, decision.frontier))
    return tuple(table for table in tables if table.rows)


def differences_table(comparison: Comparison, decision: Decision) -> Table:
    """Return how much more one topology costs than another over the horizon, path by path."""
    unit = comparison.currency
    columns = (
        Column("pair", f"paired difference over the horizon, {unit}", align=Align.LEFT),
        Column("cash", "cash", unit),
        Column("cash_range", "90 % range", unit),
        Column("loss", "with expected loss", unit),
        Column("loss_range", "90 % range", unit),
        Column("clear", "", align=Align.LEFT),
    )
    rows = tuple(
        Row(
            f"{one.one}/{one.other}",
            (
                words(f"{one.one} less {one.other}"),
                *_ranged(one.cash, unit),
                *_ranged(one.with_loss, unit),
                _clear(one.with_loss or one.cash),
            ),
        )
        for one in decision.differences
    )
    return Table("paired differences", columns, rows, ("the same joint paths for both: what they share cancels",))


def _ranged(found: Range | None, unit: str) -> tuple[Cell, Cell]:
    if found is None:
        return unknown(unit=unit), unknown(unit=unit)
    return about(found.mean, unit), Cell(found.mean, span(f"{found.p05:,.0f}", f"{found.p95:,.0f}"), unit)


def _clear(found: Range) -> Cell:
    return words("clear" if found.clear else "no clear difference")


def regrets_table(comparison: Comparison, decision: Decision) -> Table:
    """Return how sorry one would be to have chosen each topology."""
    unit = comparison.currency
    columns = (
        Column("topology", f"regret over {decision.regrets.futures} joint futures, {unit}", align=Align.LEFT),
        Column("expected", "expected", unit),
        Column("error", "±", unit),
        Column("worst", "worst", unit),
        Column("best", "best choice in", "%"),
        Column("shortfall", "bought beyond the plan", unit),
    )
    rows = tuple(
        Row(
            one.topology,
            (
                words(one.topology),
                about(one.expected, unit),
                about(one.standard_error, unit),
                about(one.worst, unit),
                share(one.best_share, digits=0),
                about(one.shortfall, unit),
            ),
        )
        for one in decision.regrets.choices
    )
    note = "cost of a choice less that of the best one in the same future: plan, what the future asks beyond it, expected loss"
    least = () if decision.regrets.least is None else (f"least regretted: {decision.regrets.least}",)
    return Table("regret", columns, rows, (*least, note))


def swings_table(comparison: Comparison, decision: Decision) -> Table:
    """Return what ten per cent of each input do to the ranking."""
    unit = comparison.currency
    columns = (
        Column("what", f"ten per cent less and more of, margin in {unit} a month", align=Align.LEFT),
        Column("low", "-10 %", unit),
        Column("high", "+10 %", unit),
        Column("turns", "recommendation", align=Align.LEFT),
        Column("low_rank", "ranking at -10 %", align=Align.LEFT),
        Column("high_rank", "ranking at +10 %", align=Align.LEFT),
    )
    rows = tuple(
        Row(
            row.what.value,
            (
                words(row.what.value),
                about(row.low_margin, unit),
                about(row.high_margin, unit),
                words("turns" if row.turns else "stays"),
                words(" < ".join(row.low)),
                words(" < ".join(row.high) if row.high != row.low else "the same"),
            ),
        )
        for row in decision.swings
    )
    notes = ("margin: the sum of the next choice less that of the recommended one", HELD)
    return Table("sensitivity", columns, rows, notes if decision.growth else (*notes, "growth is varied by compare --frontier, and by o"))


def break_evens_table(decision: Decision) -> Table:
    """Return at which multiple of an input another topology wins."""
    chosen, eligible = decision.recommendation.chosen, decision.recommendation.eligible
    columns = (
        Column("what", f"what makes another topology cheaper than {chosen}", align=Align.LEFT),
        Column("times", "at × today"),
        Column("other", "topology", align=Align.LEFT),
        Column("choice", "", align=Align.LEFT),
    )
    rows = tuple(
        Row(
            f"{one.what}/{one.other}",
            (
                words(one.what),
                number(one.times, digits=2) if one.times is not None else Cell(None, "never"),
                words(one.other),
                words("" if one.other in eligible else "no choice: see why"),
            ),
        )
        for one in decision.break_evens
    )
    return Table("break-evens", columns, rows, (HELD,))


def changes_table(comparison: Comparison, decision: Decision) -> Table:
    """Return in one row an input the nearest multiple at which another topology is cheaper, and what ten per cent do."""
    unit = comparison.currency
    columns = (
        Column("what", f"{unit} a month", align=Align.LEFT),
        Column("turns", "turns at × today", align=Align.LEFT),
        Column("low", "-10 %"),
        Column("high", "+10 %"),
    )
    rows = tuple(
        Row(
            row.what.value,
            (words(row.what.value), words(_nearest(decision, row.what.value)), about(row.low_margin, unit), about(row.high_margin, unit)),
        )
        for row in decision.swings
    )
    note = HELD if decision.growth else "f varies growth and searches the frontier"
    return Table("what would change it", columns, rows, (note,))


def _nearest(decision: Decision, what: str) -> str:
    eligible = decision.recommendation.eligible
    turning = [one for one in decision.break_evens if one.what == what and one.times is not None]
    choices = [one for one in turning if one.other in eligible]
    if choices:
        return f"{choices[0].times:.2f} {choices[0].other}"
    return f"({turning[0].times:.2f} {turning[0].other})" if turning else "never"


def frontier_table(comparison: Comparison, found: EstateFrontier) -> Table:
    """Return what each step to a smaller worst share costs, and who moves."""
    unit = comparison.currency
    columns = (
        Column("limit", "users of a shared pool", align=Align.LEFT),
        Column("worst", "worst share", "%"),
        Column("sum", f"sum, {unit} a month", unit),
        Column("bill", "bill", unit),
        Column("dearer", "step", unit),
        Column("pools", "pools"),
        Column("moves", "who moves from the row above", align=Align.LEFT),
    )
    rows = tuple(Row(point.result.name, _point(comparison, point)) for point in found.points)
    proof = "each proven the best under its limit" if found.exact else _gaps(found)
    notes = (
        f"{found.searches} limits searched, dominated splits left out; {proof}",
        f"knee marked ◆; no split goes below {share(found.floor).text}: one tenant has so many users",
    )
    return Table("frontier", columns, rows, notes)


def _gaps(found: EstateFrontier) -> str:
    gaps = [point.result.plan.search.gap for point in found.points if point.result.plan.search is not None]
    known = [gap for gap in gaps if gap is not None]
    return f"each within {share(max(known)).text} of the best under its limit" if known and len(known) == len(gaps) else "no bound is known"


def _point(comparison: Comparison, point: Point) -> tuple[Cell, ...]:
    unit = comparison.currency
    return (
        words(f"{point.result.name} ◆" if point.knee else point.result.name),
        share(point.worst_share),
        money(point.sum_monthly, unit),
        money(point.result.monthly_cost, unit),
        words("") if point.dearer is None else Cell(point.dearer, f"{point.dearer:+,.2f}", unit),
        count(point.pools),
        words(moves_text(comparison, point.moves)),
    )


def moves_text(comparison: Comparison, moves: tuple[Move, ...]) -> str:
    """Return who moves in which layer."""
    by_layer: dict[str, list[str]] = {}
    for move in moves:
        by_layer.setdefault(move.layer.value, []).append(comparison.tenants[move.tenant])
    return "; ".join(f"{layer}: {names_text(tuple(names))}" for layer, names in by_layer.items())
