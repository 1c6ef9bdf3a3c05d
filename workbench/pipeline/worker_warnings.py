"""What the fits and models of worker pools say that a reader of a comparison must know."""

from collections.abc import Iterable, Sequence

from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.figures import Result
from workbench.pipeline.workloads import Workloads

MOST_NAMES = 4


def worker_warnings(workloads: Workloads, results: Sequence[Result]) -> list[str]:
    """Return the warnings, each a sentence with what would help."""
    open_growth = [fit.pool for fit in workloads.pools if _any(fit.fit.reasons, ReasonCode.NOT_IDENTIFIED, "growth_with_load")]
    open_cpu = [fit.pool for fit in workloads.pools if _any(fit.fit.reasons, ReasonCode.NOT_IDENTIFIED, "cpu_share_low")]
    collapsed = [fit.pool for fit in workloads.pools if _any(fit.fit.reasons, ReasonCode.COLLAPSED)]
    found = [
        (
            open_growth,
            "how service time grows with load is not identified for {}, hours of one level only: a load test would tell",
        ),
        (open_cpu, "how much of the service time is CPU is not identified for {}: collect CPU seconds of the workers"),
        (collapsed, "hours in which {} had collapsed were left out of the fits: such a pool does not recover by itself"),
        (
            _planned(results, ReasonCode.METASTABLE),
            "two states can last at the peak of {}: after a surge it may not recover by itself",
        ),
        (_planned(results, ReasonCode.UNSTABLE), "more is asked of {} at the planned peak than it can ever complete"),
    ]
    return [sentence.format(_listed(names)) for names, sentence in found if names]


def _any(reasons: Iterable[Reason], code: ReasonCode, figure: str | None = None) -> bool:
    return any(reason.code == code and (figure is None or figure in reason.figures) for reason in reasons)


def _planned(results: Sequence[Result], code: ReasonCode) -> list[str]:
    return [f"{result.name}/{one.pool}" for result in results for one in result.performance if _any(one.reasons, code)]


def _listed(names: Sequence[str]) -> str:
    left = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {left} more" if left > 0 else "")
