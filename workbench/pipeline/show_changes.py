"""What differs between two comparisons: figures, then lines of the bill."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from pricing.bill import Line
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.show_summary import SummaryRow, summary_row

Amounts = dict[tuple[str, str], Decimal | None]
"""(pool or layer, offer) to its cost of a month."""
Figure = Decimal | float | int | str | bool | date | None
_HEAD = ("study", "scenario", "topology", "basis", "as_of", "horizon_months", "currency")


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of a topology that moved."""

    topology: str
    figure: str
    before: Figure
    after: Figure


@dataclass(frozen=True, slots=True)
class LineChange:
    """A pool's offer whose monthly cost moved."""

    topology: str
    pool: str
    offer: str
    before: Decimal | None
    """Monthly cost; None: not bought, or without a price."""
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """After less before; what is not bought counts as nothing."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


def basis_differences(before: Comparison, after: Comparison) -> tuple[str, ...]:
    """Return the entries of the basis in which two comparisons differ: only then are they to be compared with a grain of salt."""
    return before.basis.differs(after.basis)


def figure_changes(before: Comparison, after: Comparison) -> tuple[FigureChange, ...]:
    """Return every figure that differs, for topologies that both have."""
    found = []
    for result in before.results:
        other = _same(after, result.name)
        if other is not None:
            old, new = summary_row(before, result), summary_row(after, other)
            found += [
                FigureChange(result.name, field.name, getattr(old, field.name), getattr(new, field.name))
                for field in fields(SummaryRow)
                if field.name not in _HEAD and getattr(old, field.name) != getattr(new, field.name)
            ]
    return tuple(found)


def line_changes(before: Comparison, after: Comparison, topology: str) -> tuple[LineChange, ...]:
    """Return the pools' offers whose monthly cost differs, largest move first."""
    old, new = (_grouped(comparison.result(topology), by_layer=False) for comparison in (before, after))
    return _moved(topology, old, new)


def _moved(topology: str, old: Amounts, new: Amounts) -> tuple[LineChange, ...]:
    changed = [
        LineChange(topology, pool, offer, old.get((pool, offer)), new.get((pool, offer)))
        for pool, offer in sorted({*old, *new})
        if old.get((pool, offer)) != new.get((pool, offer))
    ]
    return tuple(sorted(changed, key=lambda one: (-abs(one.difference), one.pool, one.offer)))


def offer_changes(before: Result, after: Result) -> tuple[LineChange, ...]:
    """Return the offers of each layer whose monthly cost differs between two topologies, largest difference first.

    Pools of different partitions have nothing in common but their layer, which stands in place of the pool.
    """
    old, new = (_grouped(result, by_layer=True) for result in (before, after))
    return _moved(after.name, old, new)


def _same(comparison: Comparison, name: str) -> Result | None:
    return next((result for result in comparison.results if result.name == name), None)


def _grouped(result: Result, *, by_layer: bool) -> Amounts:
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in result.bill.lines:
        groups.setdefault((line.layer if by_layer else line.pool, line.offer), []).append(line)
    return {key: _sum(lines) for key, lines in groups.items()}


def _sum(lines: list[Line]) -> Decimal | None:
    total = Decimal(0)
    for line in lines:
        if line.monthly_cost is None:
            return None
        total += line.monthly_cost
    return total
