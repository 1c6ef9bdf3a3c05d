"""Small questions through prometheus-api-client, on our session and under our names for failures."""

import re
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import requests

from workbench.sources.errors import SourceAnswer
from workbench.sources.prometheus.answer import Track, read_answer
from workbench.sources.prometheus.promql import seconds_text
from workbench.sources.prometheus.session import Server, mount
from workbench.sources.prometheus.transport import Attempt, judged_status, named_failure, refused, retried

if TYPE_CHECKING:
    from prometheus_api_client import PrometheusConnect

T = TypeVar("T")
_STATUS = re.compile(r"HTTP Status Code (\d+) \((.*)\)", re.DOTALL)


def metric_names(server: Server, start_ms: int, end_ms: int) -> frozenset[str]:
    """Return the names of all metrics with samples in a period."""
    params = {"start": seconds_text(start_ms), "end": seconds_text(end_ms)}
    return frozenset(_asked(server, "the names of all metrics", lambda client: [str(name) for name in client.all_metrics(params=params)]))


def metric_kinds(server: Server) -> Mapping[str, str]:
    """Return metric to counter, gauge, histogram … as scrapes declare them; empty where the server keeps no metadata."""

    def kinds(client: "PrometheusConnect") -> dict[str, str]:
        return {str(entry["metric_name"]): str(entry["type"]) for entry in client.get_metric_metadata(metric=None)}

    try:
        return _asked(server, "metric metadata", kinds)
    except SourceAnswer:
        return {}


def label_values(server: Server, label: str, selector: str, start_ms: int, end_ms: int) -> tuple[str, ...]:
    """Return the sorted values of a label on a selector's series in a period."""
    params = {"match[]": selector, "start": seconds_text(start_ms), "end": seconds_text(end_ms)}
    found = _asked(server, f"values of {label} on {selector}", lambda client: list(client.get_label_values(label, params=params)))
    return tuple(sorted(str(value) for value in found))


def instant(server: Server, query: str, time_ms: int) -> tuple[Track, ...]:
    """Return the single samples of an instant query."""
    import orjson

    params = {"time": seconds_text(time_ms)}
    result = _asked(server, query, lambda client: list(client.custom_query(query, params=params)))
    body = orjson.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})
    return read_answer(server.connection.name, query, body).tracks


def _client(server: Server) -> "PrometheusConnect":
    from prometheus_api_client import PrometheusConnect
    from urllib3 import Retry

    timeout = (min(10.0, server.connection.timeout_s), server.connection.timeout_s)
    client = PrometheusConnect(server.connection.base, session=server.session, timeout=timeout, retry=Retry(total=0))
    # The client mounts an adapter of its own over ours.
    mount(server.session, server.connection)
    return client


def _asked(server: Server, asked: str, call: Callable[["PrometheusConnect"], T]) -> T:
    from prometheus_api_client.exceptions import PrometheusApiClientException

    results: list[T] = []

    def once() -> Attempt:
        try:
            results.append(call(_client(server)))
        except PrometheusApiClientException as error:
            match = _STATUS.match(str(error))
            status, said = (int(match[1]), match[2]) if match else (500, str(error))
            return judged_status(server, asked, status, said)
        except requests.exceptions.JSONDecodeError:
            return _strange(server, asked, "no JSON")
        except requests.RequestException as error:
            return named_failure(server, asked, error)
        except KeyError as error:
            return _strange(server, asked, f"an answer without {error}")
        except ValueError as error:
            return Attempt(status=401, failure=refused(server, asked, str(error)))
        return Attempt()

    retried(server, asked, threading.Event(), once)
    return results[-1]


def _strange(server: Server, asked: str, found: str) -> Attempt:
    rule, fix = "the answer must be a whole Prometheus result", "check url and its path prefix"
    return Attempt(status=502, failure=SourceAnswer(server.connection.name, asked, found, rule, fix))
