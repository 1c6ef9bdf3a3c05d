"""How the forecasts would have done: coverage, pinball against both baselines, reliability, and a verdict in words."""

from workbench.pipeline.backtest import DriverBacktest, StudyBacktest
from workbench.pipeline.show_backtest import (
    BaselineRow,
    ReliabilityRow,
    ScoreRow,
    baseline_rows,
    past_peak_rows,
    reliability_rows,
    score_rows,
)
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import count, day, number, quantity, share, span, unknown, words

DRIVER_NAMES = {
    "requests": "requests",
    "batch": "batch work",
    "sessions": "sessions",
    "stored_bytes": "stored bytes",
    "files_bytes": "files",
}
"""Value of a `Driver` to the words of every screen."""
DRIVER_UNITS = {"requests": "/s", "batch": "cores", "sessions": "keys", "stored_bytes": "bytes", "files_bytes": "bytes"}
_SHOWN = (0.5, 0.95, 0.99)
_BACKTEST = (
    Column("driver", "driver", align=Align.LEFT),
    Column("class", "tenants", align=Align.LEFT),
    Column("ahead", "days ahead"),
    Column("origins", "origins"),
    Column("cases", "cases"),
    *(Column(f"p{100 * level:.0f}", f"{100 * level:.0f} % held") for level in _SHOWN),
    Column("naive", "loss against naive"),
    Column("bootstrap", "against bootstrap"),
    Column("brier", "Brier"),
    Column("calibration", "calibration error"),
)
_RELIABILITY = (
    Column("stated", "stated"),
    Column("observed", "came true"),
    Column("band", "90 % band if stated right"),
    Column("cases", "cases"),
    Column("inside", "", align=Align.LEFT),
)
_PEAKS = (
    Column("origin", "forecast of", align=Align.LEFT),
    Column("p50", "median said"),
    Column("p95", "95 % said"),
    Column("p99", "99 % said"),
    Column("actual", "came"),
    Column("verdict", "", align=Align.LEFT),
)


def driver_name(driver: str) -> str:
    """Return the words for a driver."""
    return DRIVER_NAMES.get(driver, driver)


def backtest_table(found: StudyBacktest) -> Table:
    """Return a row a driver and class of tenants; what could not be judged says why in a note."""
    scores, gaps = score_rows(found), baseline_rows(found)
    rows = tuple(Row(part.name, _cells(part, scores, gaps)) for part in found.parts)
    notes = [f"{_title(part)}: not judged, {part.too_short}" for part in found.parts if part.result is None]
    notes += [
        f"{_title(part)}: {len(part.tenants)} of {part.all_tenants:,d} tenants, spread over the sizes"
        for part in found.parts
        if len(part.tenants) < part.all_tenants
    ]
    shorter = [part for part in found.parts if part.result is not None and part.horizon_days < found.asked_days]
    notes += [
        f"{_title(part)}: judged {part.horizon_days} days ahead instead of {found.asked_days}, {part.days} days of history allow no more"
        for part in shorter
    ]
    notes.append(
        "largest demand within the days ahead, each origin seeing only what lay before it · loss: pinball summed over the quantiles"
    )
    notes.append("(…): 95 % interval over tenants, or over origins where there are few · !: the interval leaves out what was stated")
    return Table("backtest on your own history", _BACKTEST, rows, tuple(notes))


def reliability_table(found: StudyBacktest, name: str, method: str = "forecast") -> Table:
    """Return how often what was stated with a probability came true, by bins of the probability."""
    part = found.part(name)
    own = [one for one in reliability_rows(found) if f"{one.driver}/{one.tenant_class}" == name and one.method == method]
    rows = tuple(Row(f"{number}", _reliability_cells(one)) for number, one in enumerate(own))
    notes = () if part.result is not None else (part.too_short,)
    return Table(f"{_title(part)}: a limit reached within {part.horizon_days} days, stated and true", _RELIABILITY, rows, notes)


def past_peaks_table(found: StudyBacktest, name: str, tenant: str) -> Table:
    """Return what forecasts of past origins said of one tenant, and what came."""
    part = found.part(name)
    unit = DRIVER_UNITS.get(part.driver.value, "")
    rows = []
    for one in past_peak_rows(part, tenant):
        said = tuple(quantity(value, unit) for value in (one.p50, one.p95, one.p99))
        known = one.actual == one.actual
        verdict = (
            "too little measured" if not known else "above 99 %" if one.actual > one.p99 else "above 95 %" if one.actual > one.p95 else ""
        )
        actual = quantity(one.actual, unit) if known else unknown()
        rows.append(Row(one.origin.isoformat(), (day(one.origin), *said, actual, words(verdict))))
    return Table(f"{tenant}: largest {driver_name(part.driver.value)} within {part.horizon_days} days", _PEAKS, tuple(rows))


def backtest_sentences(found: StudyBacktest, name: str) -> tuple[str, ...]:
    """Return the verdict on one driver and class in words."""
    part = found.part(name)
    if part.result is None:
        return (f"{_title(part)}: not judged. {part.too_short}", "Until then the width of the bands is assumed, not checked.")
    scores = {one.level: one for one in score_rows(found) if _of(one, part) and one.method == "forecast"}
    high = scores[0.95]
    verdict = "as stated" if high.holds else "too often exceeded" if high.coverage < high.level else "wider than needed"
    judged = f"{_title(part)}, {part.horizon_days} days ahead, {high.independent_origins} independent origins, {high.cases} cases"
    held = f"{share(high.coverage, digits=0).text} ({_interval(high)})"
    lines = [f"{judged}: what was said to hold with 95 % held in {held}: {verdict}."]
    for gap in (one for one in baseline_rows(found) if _of(one, part)):
        better = "better than" if gap.relative < 0 else "worse than"
        by = share(abs(gap.relative), digits=0).text
        clear = f"{better} {gap.baseline} by {by}" if gap.clear else f"no clear difference to {gap.baseline}"
        lines.append(f"Loss: {clear}.")
    crossing = part.result.crossings[0][1]
    out = int((~crossing.inside).sum())
    lines.append(
        "Probabilities of reaching a limit: "
        + (
            "all bins inside their consistency bands."
            if out == 0
            else f"{out} of {len(crossing.inside)} bins outside their consistency bands."
        )
    )
    return tuple(lines)


def _of(one: ScoreRow | BaselineRow, part: DriverBacktest) -> bool:
    return (one.driver, one.tenant_class) == (part.driver.value, part.tenant_class)


def _title(part: DriverBacktest) -> str:
    return f"{driver_name(part.driver.value)}, {part.tenant_class}"


def _cells(part: DriverBacktest, scores: tuple[ScoreRow, ...], gaps: tuple[BaselineRow, ...]) -> tuple[Cell, ...]:
    head = (words(driver_name(part.driver.value)), words(part.tenant_class))
    result = part.result
    if result is None:
        return (*head, *(unknown() for _ in _BACKTEST[2:]))
    own = {one.level: one for one in scores if _of(one, part) and one.method == "forecast"}
    against = [one for one in gaps if _of(one, part)]
    crossing = result.crossings[0][1]
    return (
        *head,
        count(part.horizon_days),
        words(f"{len(result.steps_back)}" if result.independent_origins == len(result.steps_back) else _overlapping(part)),
        count(result.peaks.cases),
        *(_held(own[level]) for level in _SHOWN),
        *(_against(one) for one in against),
        number(crossing.brier, digits=3),
        number(crossing.mean_calibration_error, digits=3),
    )


def _overlapping(part: DriverBacktest) -> str:
    result = part.result
    return "" if result is None else f"{len(result.steps_back)} ({result.independent_origins} apart)"


def _held(one: ScoreRow) -> Cell:
    text = f"{100 * one.coverage:.0f} % ({_interval(one)}){'' if one.holds else ' !'}"
    return Cell(one.coverage, text, "%")


def _interval(one: ScoreRow) -> str:
    return span(f"{100 * one.coverage_low:.0f}", f"{100 * one.coverage_high:.0f}").replace(" … ", "–")


def _against(one: BaselineRow) -> Cell:
    return Cell(one.relative, f"{100 * one.relative:+.0f} %" if one.clear else "no clear difference", "%")


def _reliability_cells(one: ReliabilityRow) -> tuple[Cell, ...]:
    return (
        share(one.stated, digits=0),
        share(one.observed, digits=0),
        words(span(f"{100 * one.low:.0f} %", f"{100 * one.high:.0f} %")),
        count(one.cases),
        words("" if one.inside else "outside"),
    )
