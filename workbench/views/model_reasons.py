"""What a queueing or resource model says of its own figures, as sentences: assumptions, limits, what data do not tell."""

from collections.abc import Iterable

from workbench.pipeline.show_reasons import Reason, ReasonCode
from workbench.views.text import figures, resource_name, seconds, share


def model_reasons(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return every reason as a sentence, each once."""
    return tuple(dict.fromkeys(model_reason(reason) for reason in reasons))


def model_reason(reason: Reason) -> str:
    """Return a reason of a model as a sentence with the measurement that would help."""
    known = reason.figures
    for name, sentence in _BY_FIGURE.items():
        if name in known:
            return sentence.format(resource=resource_name(reason.resource), value=_text(name, known[name]), **_texts(reason))
    plain = _BY_CODE.get(reason.code, "{code}: {resource}")
    listed = ", ".join(f"{name} {figures(value)}" for name, value in known.items())
    return plain.format(code=str(reason.code).replace("_", " "), resource=resource_name(reason.resource), figures=listed)


def _texts(reason: Reason) -> dict[str, str]:
    return {f"f_{name}": _text(name, value) for name, value in reason.figures.items()}


def _text(name: str, value: float) -> str:
    if name.endswith("_s") and not name.endswith("per_s"):
        return seconds(value).text
    return share(value).text if name.endswith(("share_low", "share_high", "probability")) else figures(value)


_BY_FIGURE = {
    "highest_seen_per_s": (
        "{f_arrival_rate_per_s} requests/s a replica lie above the busiest hours measured ({value}): there the model extrapolates"
    ),
    "most_workers_seen": "{f_workers} workers on such a machine are more than were measured ({value}): there the model extrapolates",
    "uneven_low": (
        "how evenly requests lie on the processors is not identified ({value} to {f_uneven_high} of the time blindly): hours in which the "
        "processors are more than half busy would tell"
    ),
    "base_cores_from_cpu_s": (
        "one level of load only ({f_lowest_per_s} to {f_highest_per_s} requests/s): CPU of requests and of the idle pool show together; "
        "quiet hours would tell them apart"
    ),
    "uncontended_database_s": (
        "how many processors the database has is not known: its {value} of a request count as uncontended; say it with the database's "
        "machine, or --database-cores"
    ),
    "law_from_scv_alone": (
        "the law of the service time is assumed from its two moments (scv {value}): a histogram of service times bounds the accept queue "
        "better, by up to a quarter on small machines"
    ),
    "even_balancing_of_replicas": "the balancer is assumed to spread requests evenly over {value} replicas",
    "metastable_busy_workers": (
        "two states can last at this load: after a surge the pool may stay at {value} busy workers a replica and not recover by itself"
    ),
    "core_speed": "how fast a core is was not measured: {value} of the reference machine is assumed, ± 20 %",
    "iteration_settled": "replicas and database did not settle at this load: the figures are of the last round",
    "arrival_rate_per_s": (
        "more is offered ({value} requests/s) than the pool can ever complete: it collapses and may not recover by itself"
    ),
    "collapsed_levels": (
        "{value} measured levels had collapsed (requests unanswered while workers idled): another regime, left out; the pool had collapsed "
        "at {f_collapsed_at_per_s} requests/s"
    ),
    "lowest_per_s": (
        "one level of load only ({f_lowest_per_s} to {f_highest_per_s} requests/s): how service grows with load is not identified; "
        "hours of lower load, or a load test, would tell"
    ),
    "cpu_share_low": (
        "how much of the service time is CPU is not identified by these hours ({f_cpu_share_low} to {f_cpu_share_high}): CPU seconds "
        "of the workers (process exporter) at several loads would tell"
    ),
    "levels_without_cpu": (
        "CPU of the workers is not in history for all levels: collect it (process or node exporter) to split service time"
    ),
    "scv": "the spread of service times was not measured and is assumed as {value}: a histogram or log would tell",
    "unloaded_s": "a request takes {value} alone: no size of this kind keeps the objective",
}
"""A figure that only one kind of reason has, and its sentence."""

_BY_CODE = {
    ReasonCode.BINDING: "the response objective comes first, before the accept queue overflows ({figures})",
    ReasonCode.OVERFLOW: "the accept queue comes first: beyond it connections drop and the pool may not recover by itself ({figures})",
    ReasonCode.UNSTABLE: "{resource} is asked for more than the pool can ever serve ({figures})",
    ReasonCode.METASTABLE: "{resource}: two states can last, after a surge the pool may not recover by itself ({figures})",
    ReasonCode.COLLAPSED: "measured levels that had collapsed were left out ({figures})",
    ReasonCode.NOT_IDENTIFIED: "the measurements do not determine {resource} ({figures})",
    ReasonCode.NOT_SEPARABLE: "the measurements show parts of {resource} only together ({figures})",
    ReasonCode.EXTRAPOLATED: "{resource} lies beyond what was observed ({figures})",
    ReasonCode.ASSUMED: "{resource} rests on an assumption ({figures})",
    ReasonCode.NO_DATA: "no measurement behind {resource} ({figures})",
    ReasonCode.NOT_CHECKED: "{resource} is not checked ({figures})",
}
