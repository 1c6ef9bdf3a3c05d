"""Sizes of worker pools as JSON: both bounds, which comes first, and the reasons as sentences."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from workbench.exports.documents import Json, to_json
from workbench.pipeline.show_reasons import Reason
from workbench.pipeline.sizes import Option
from workbench.views.model_reasons import model_reason, model_reasons


def option_json(one: Option) -> Mapping[str, Json]:
    """Return a size with its bounds; times that never end are null."""
    figures: dict[str, Json] = {
        name: to_json(getattr(one, name))
        for name in (
            *("workers", "cores", "replicas", "p50_s", "p95_s", "p99_s", "utilization", "cpu_utilization", "answered"),
            *("overflow_in_an_hour", "rate", "keeps_response", "keeps_queue", "carries", "binds", "keeps"),
        )
    }
    return {**figures, "reasons": list(model_reasons(one.reasons))}


def reasons_json(reasons: Iterable[Reason]) -> list[Json]:
    """Return reasons with code, resource, figures and the sentence that says them."""
    return [
        {
            "code": str(one.code),
            "resource": None if one.resource is None else str(one.resource),
            "figures": to_json(one.figures),
            "text": model_reason(one),
        }
        for one in reasons
    ]


def sizes_reasons(options: Sequence[Option]) -> list[Json]:
    """Return the reasons of several sizes, each once; an endless response is null and a reason says so."""
    said: list[Json] = list(model_reasons(reason for one in options for reason in one.reasons))
    endless = any(one.p99_s == inf for one in options)
    return [*said, *(["null response: the size cannot keep up with the load, the response is endless"] if endless else [])]
