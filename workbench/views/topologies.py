"""Topologies side by side: a row a figure, a column a topology."""

from collections.abc import Callable
from dataclasses import dataclass

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.figures import Result
from workbench.pipeline.origin import Origin
from workbench.pipeline.show_headroom import first_full, least_after_loss
from workbench.views.cell import ASSUMED, BEST, Align, Cell, Column, Row, Table
from workbench.views.reasons import held_text
from workbench.views.text import about, count, money, number, resource_name, seconds, share, span, unknown, words

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class _Figure:
    key: str
    title: str
    cell: Callable[[Comparison, Result, str], Cell]
    """Of a topology; the text is the mark to show if it is the best."""
    origin: str
    """Key of the comparison's origins."""


def topologies_table(comparison: Comparison) -> Table:
    """Return the figures of all topologies; the best of a row is marked only where the paired difference is clear."""
    columns = (
        Column("figure", f"{comparison.study}, {comparison.currency}", align=Align.LEFT),
        *(Column(result.name, result.name) for result in comparison.results),
    )
    best = _best(comparison)
    rows = tuple(
        Row(one.key, (words(one.title), *(one.cell(comparison, result, _mark(best, one, result)) for result in comparison.results)))
        for one in _FIGURES
    )
    return Table(_title(comparison), columns, rows, _notes(comparison))


def _title(comparison: Comparison) -> str:
    name = f"{comparison.study} (demo)" if comparison.demo else comparison.study
    scenario = f" · scenario {comparison.scenario}" if comparison.scenario else ""
    return f"{name} · as of {comparison.as_of} · horizon {comparison.horizon_months} months · basis {comparison.basis.hash}{scenario}"


def _notes(comparison: Comparison) -> tuple[str, ...]:
    notes = [f"{result.name}: {_infeasible(result)}" for result in comparison.results if not result.feasible]
    if comparison.held_from is not None:
        notes.append(f"hybrid: {held_text(comparison.held_from)}; none is marked as best before it is searched again")
    elif comparison.cheapest() is None and sum(result.total_range is not None for result in comparison.results) > 1:
        notes.append(
            "no clear difference in total cash between the cheapest topologies: the 90 % range of the paired difference holds zero"
        )
    notes += [f"warning: {warning}" for warning in comparison.warnings]
    return (*notes, f"{ASSUMED}: rests on an assumption · {BEST}: best, and the difference is clear · taxes excluded · month = 730 h")


def _infeasible(result: Result) -> str:
    names = [pool.name for pool in result.plan.pools if not pool.feasible]
    return f"infeasible, no allowed offer carries {', '.join(names)}"


def _best(comparison: Comparison) -> dict[str, str]:
    """Return figure to the topology that is clearly best in it; money by the paired difference, the rest by structure."""
    best: dict[str, str] = {}
    if comparison.held_from is not None:
        return best
    cheapest = comparison.cheapest()
    priced = [result for result in comparison.results if result.total_cost is not None]
    if cheapest is not None:
        best["total_cost"] = cheapest
        least = {result.name: result.monthly_cost for result in priced if result.monthly_cost is not None}
        if least and min(least, key=lambda name: (least[name], name)) == cheapest:
            best["monthly_cost"] = cheapest
    shares = {result.name: result.risk.radius.worst_share for result in comparison.results if result.feasible and result.risk is not None}
    lowest = [name for name, value in shares.items() if value == min(shares.values())]
    if len(shares) > 1 and len(lowest) == 1:
        best["worst_share"] = lowest[0]
    return best


def _mark(best: dict[str, str], figure: _Figure, result: Result) -> str:
    return BEST if best.get(figure.key) == result.name else ""


def _origin(comparison: Comparison, key: str) -> Origin | None:
    return comparison.origins.get(key)


def _assumed(origin: Origin | None) -> str:
    return ASSUMED if origin is not None and origin.assumed() else ""


def _priced(result: Result) -> str:
    return ASSUMED if result.bill.assumed_share else ""


def _monthly(comparison: Comparison, result: Result, mark: str) -> Cell:
    origin = _origin(comparison, "monthly_cost")
    return money(result.monthly_cost, comparison.currency, origin, _priced(result) + mark) if result.feasible else _cannot(comparison)


def _cannot(comparison: Comparison) -> Cell:
    return Cell(None, "infeasible", comparison.currency)


def _loss(comparison: Comparison, result: Result, _mark: str) -> Cell:
    origin = _origin(comparison, "expected_loss_monthly")
    if result.expected_loss_monthly is None:
        return unknown("a downtime cost is unknown", comparison.currency, origin)
    return money(result.expected_loss_monthly, comparison.currency, origin, _loss_mark(result))


def _loss_mark(result: Result) -> str:
    return ASSUMED if result.risk is not None and any(domain.assumed for domain in result.risk.domains) else ""


def _sum(comparison: Comparison, result: Result, _mark: str) -> Cell:
    return money(result.sum_monthly, comparison.currency, _origin(comparison, "sum_monthly"), _loss_mark(result))


def _total(comparison: Comparison, result: Result, mark: str) -> Cell:
    origin = _origin(comparison, "total_cost")
    return money(result.total_cost, comparison.currency, origin, _priced(result) + mark) if result.feasible else _cannot(comparison)


def _range(comparison: Comparison, result: Result, _mark: str) -> Cell:
    found = result.total_range
    if found is None:
        return unknown(unit=comparison.currency)
    return Cell(found.p50, span(f"{found.p05:,.0f}", f"{found.p95:,.0f}"), comparison.currency, _origin(comparison, "total_cost"))


def _headroom(comparison: Comparison, result: Result, _mark: str) -> Cell:
    tightest = result.tightest()
    cell = share(tightest.headroom, _origin(comparison, "headroom"))
    return Cell(cell.value, f"{cell.text} {resource_name(tightest.resource)}", "%", cell.origin) if tightest.resource else cell


def _where(comparison: Comparison, result: Result, _mark: str) -> Cell:
    tightest = result.tightest()
    if tightest.pool is None:
        return unknown()
    return words(f"{tightest.pool}, {comparison.factory.window.month_start(tightest.month):%Y-%m}")


def _after_loss(comparison: Comparison, result: Result, _mark: str) -> Cell:
    least = least_after_loss(result)
    if least is None:
        return unknown()
    cell = share(least.headroom, _origin(comparison, "headroom_after_loss"))
    return Cell(cell.value, f"{cell.text} {resource_name(least.resource)}", "%", cell.origin)


def _full(comparison: Comparison, result: Result, _mark: str) -> Cell:
    found = first_full(result)
    if found is None:
        return unknown()
    origin = _origin(comparison, "exhaustion")
    if found.when.never >= 1:
        return Cell(None, f"not within {window_years(comparison)} years", "", origin)
    return Cell(found.when.p50, exhaustion_text(found.when, comparison), "", origin)


def _full_where(comparison: Comparison, result: Result, _mark: str) -> Cell:
    found = first_full(result)
    return unknown() if found is None else words(f"{found.pool}, {resource_name(found.resource)}", _origin(comparison, "exhaustion"))


def exhaustion_text(when: Exhaustion, comparison: Comparison) -> str:
    """Return when something is full: 90 % range, median, and the probability that it is not within the window."""
    end = comparison.factory.window.month_start(comparison.factory.window.months)
    low, middle, high = ("later" if one is None else f"{one:%Y-%m}" for one in (when.p05, when.p50, when.p95))
    never = f" · {100 * when.never:.0f} % not by {end:%Y-%m}" if when.never > 0 else ""
    return f"{low} … {high}, median {middle}{never}"


def window_years(comparison: Comparison) -> str:
    """Return the length of the window that is looked at, in years."""
    return f"{comparison.factory.window.months / MONTHS_PER_YEAR:g}"


def _response(comparison: Comparison, result: Result, _mark: str) -> Cell:
    return seconds(result.response_p95_s, _origin(comparison, "response_p95_s"))


def _over(comparison: Comparison, result: Result, _mark: str) -> Cell:
    return share(result.over_objective, _origin(comparison, "over_objective"), digits=2)


def _worst(comparison: Comparison, result: Result, mark: str) -> Cell:
    if result.risk is None:
        return unknown("no production users")
    return share(result.risk.radius.worst_share, _origin(comparison, "blast_radius"), mark)


def _worst_domain(comparison: Comparison, result: Result, _mark: str) -> Cell:
    if result.risk is None or not result.risk.domains:
        return unknown()
    return words(result.risk.domains[result.risk.radius.worst_domain].name, _origin(comparison, "blast_radius"))


def _user_hours(comparison: Comparison, result: Result, _mark: str) -> Cell:
    if result.risk is None:
        return unknown("no production users", "h")
    return number(result.risk.radius.lost_user_hours_per_year, "user-hours", _origin(comparison, "availability"), _loss_mark(result))


def _bad_year(comparison: Comparison, result: Result, _mark: str) -> Cell:
    if result.risk is None or result.risk.loss is None:
        return unknown("a downtime cost is unknown", comparison.currency)
    return about(result.risk.loss.p95, comparison.currency, _origin(comparison, "expected_loss_monthly"))


def _broken(_comparison: Comparison, result: Result, _mark: str) -> Cell:
    return unknown() if result.risk is None else count(len(result.risk.broken))


def _pools(_comparison: Comparison, result: Result, _mark: str) -> Cell:
    return count(len(result.plan.pools))


_FIGURES = (
    _Figure("monthly_cost", "bill a month", _monthly, "monthly_cost"),
    _Figure("expected_loss_monthly", "expected loss a month", _loss, "expected_loss_monthly"),
    _Figure("sum_monthly", "sum a month", _sum, "sum_monthly"),
    _Figure("total_cost", "total cash of the horizon", _total, "total_cost"),
    _Figure("total_range", "  90 % range, were paths known", _range, "total_cost"),
    _Figure("headroom", "headroom, tightest", _headroom, "headroom"),
    _Figure("headroom_where", "  pool and month", _where, "headroom"),
    _Figure("headroom_after_loss", "  after the loss to survive", _after_loss, "headroom_after_loss"),
    _Figure("exhaustion", "full if nothing is bought", _full, "exhaustion"),
    _Figure("exhaustion_where", "  pool and resource", _full_where, "exhaustion"),
    _Figure("response_p95_s", "p95 response, busiest hour", _response, "response_p95_s"),
    _Figure("over_objective", "  requests over the objective", _over, "over_objective"),
    _Figure("worst_share", "worst share of users", _worst, "blast_radius"),
    _Figure("worst_domain", "  taken down by", _worst_domain, "blast_radius"),
    _Figure("lost_user_hours", "lost user-hours a year", _user_hours, "availability"),
    _Figure("bad_year", "bad year (p95 of loss)", _bad_year, "expected_loss_monthly"),
    _Figure("broken", "RTO/RPO broken", _broken, "availability"),
    _Figure("pools", "pools", _pools, "pools"),
)
