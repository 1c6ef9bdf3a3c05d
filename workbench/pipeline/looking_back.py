"""What a session knows of its past: what was unusual in it, and how its forecasts would have done."""

from workbench.pipeline.anomalies import Anomaly, anomalies
from workbench.pipeline.backtest import ORIGINS, StudyBacktest, backtest_study
from workbench.pipeline.growth import growth_inputs
from workbench.pipeline.session import Progress, Session


def anomalies_of(session: Session) -> tuple[Anomaly, ...]:
    """Return what was found in the history or labelled by the user."""
    return session.once("anomalies", lambda: anomalies(session.study, session.observed, session.growth))


def backtest_of(session: Session, origins: int = ORIGINS, progress: Progress | None = None) -> StudyBacktest:
    """Return how forecasts from past origins did; computed once for a set of labels, with progress, and ended by what progress raises."""

    def compute() -> StudyBacktest:
        inputs = growth_inputs(session.study, session.observed, session.workloads, session.window)
        return backtest_study(session.study, session.observed, inputs, origins, progress or session.progress)

    return session.once(_name(origins), compute)


def known_backtest(session: Session, origins: int = ORIGINS) -> StudyBacktest | None:
    """Return the backtest if it was computed already."""
    return backtest_of(session, origins) if session.knows(_name(origins)) else None


def _name(origins: int) -> str:
    return f"backtest {origins}"
