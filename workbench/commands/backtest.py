"""`forecast --backtest`: how the forecasts would have done on the study's own history."""

from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.commands.opening import session_of
from workbench.exports.csv_dialects import DIALECTS, csv_text
from workbench.exports.documents import json_text
from workbench.pipeline.backtest import ORIGINS, StudyBacktest
from workbench.pipeline.looking_back import backtest_of
from workbench.pipeline.session import Progress, Session
from workbench.pipeline.show_backtest import ScoreRow, baseline_rows, past_peak_rows, reliability_rows, score_rows
from workbench.study.atomic import write_whole
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class BacktestOptions:
    """What to judge."""

    origins: int = ORIGINS
    tenant: str | None = None
    """Whose past peaks to show beside the scores."""
    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    csv: Path | None = None
    dialect: str = "machine"


@dataclass(frozen=True, slots=True, eq=False)
class Backtested:
    """The scores, and the session they are of."""

    session: Session
    found: StudyBacktest
    tenant: str | None

    @property
    def judged(self) -> bool:
        """Whether at least one driver could be judged."""
        return any(part.result is not None for part in self.found.parts)


def backtest(study: Study, options: BacktestOptions, progress: Progress) -> Backtested:
    """Return the backtest of every driver and class; with a file, write its scores as CSV. ValueError names a tenant without data."""
    session = session_of(study, options.scenarios, options.edits, progress)
    if options.tenant is not None and options.tenant not in session.observed.tenants:
        known = ", ".join(session.observed.tenants)
        raise ValueError(f"no history of tenant {options.tenant!r} to look back on: choose one of {known}")
    found = backtest_of(session, options.origins)
    if options.csv is not None:
        write_whole(options.csv, csv_text(ScoreRow, score_rows(found), DIALECTS[options.dialect]))
    return Backtested(session, found, options.tenant)


def backtested_json(done: Backtested) -> str:
    """Return scores, baselines and reliability as a document."""
    found = done.found
    peaks = [
        asdict(row)
        for part in found.parts
        if part.result is not None
        for tenant in part.tenants
        if done.tenant in {None, tenant}
        for row in past_peak_rows(part, tenant)
    ]
    return json_text(
        {
            "study": done.session.study.name,
            "demo": done.session.study.demo,
            "as_of": done.session.observed.as_of,
            "seed": done.session.study.seed,
            "asked_days": found.asked_days,
            "asked_origins": found.asked_origins,
            "drivers": [
                {
                    "driver": part.driver.value,
                    "tenant_class": part.tenant_class,
                    "tenants": part.tenants,
                    "all_tenants": part.all_tenants,
                    "history_days": part.days,
                    "horizon_days": part.horizon_days,
                    "not_judged_because": part.too_short or None,
                    "brier": None if part.result is None else {name: one.brier for name, one in part.result.crossings},
                    "mean_calibration_error": None
                    if part.result is None
                    else {name: one.mean_calibration_error for name, one in part.result.crossings},
                }
                for part in found.parts
            ],
            "scores": list(score_rows(found)),
            "baselines": list(baseline_rows(found)),
            "reliability": list(reliability_rows(found)),
            "past_peaks": peaks,
        }
    )
