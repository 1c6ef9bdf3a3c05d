"""`fit`: workloads with their uncertainty and where each number comes from."""

from dataclasses import dataclass

from workbench.commands.opening import session_of
from workbench.exports.comparison_json import origin_json
from workbench.exports.documents import Json, json_text
from workbench.pipeline.session import Progress
from workbench.pipeline.workloads import Workload, Workloads
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class FitOptions:
    """Which tenants."""

    tenants: tuple[str, ...] = ()
    """Empty: all with history."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Fitted workloads."""

    study: str
    demo: bool
    workloads: tuple[Workload, ...]
    missing: tuple[str, ...]
    """Resources that no data identify: not checked, never zero."""


def fit(study: Study, options: FitOptions, progress: Progress) -> Fitted:
    """Return the workloads fitted from history."""
    found: Workloads = session_of(study, (), (), progress).workloads
    chosen = tuple(found.of(name) for name in options.tenants) if options.tenants else found.tenants
    return Fitted(study.name, study.demo, chosen, tuple(resource.value for resource in found.missing))


def fitted_json(fitted: Fitted) -> str:
    """Return the workloads as a document."""
    return json_text(
        {
            "study": fitted.study,
            "demo": fitted.demo,
            "missing": list(fitted.missing),
            "tenants": [_workload(workload) for workload in fitted.workloads],
        }
    )


def _workload(workload: Workload) -> dict[str, Json]:
    parameters: dict[str, Json] = {
        name: {"value": one.value, "p05": one.low, "p95": one.high, "assumed": one.origin.assumed(), "origin": origin_json(one.origin)}
        for name, one in sorted(workload.parameters.items())
    }
    return {"tenant": workload.tenant, "law": workload.law, "parameters": parameters}
