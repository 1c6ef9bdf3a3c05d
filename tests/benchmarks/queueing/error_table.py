"""Write the published table of errors: python error_table.py > docs/queueing-errors.md."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from reference_laws import law_named

from models.queueing import MultiServerQueue, ServiceTime

TABLES = Path(__file__).parents[2] / "models" / "queueing"
BAR = {"mean_wait": 0.01, "wait_p95": 0.03, "wait_p99": 0.03, "response_p95": 0.03}
FIGURES = tuple(BAR)
SMALLEST = 0.002
"""Difference in mean services that is within the bar whatever the figure."""
HEAD = f"""# Errors of the queueing solvers

Made by `tests/benchmarks/queueing/error_table.py`; the same cells are tests. The bar is 1 % of the mean wait, 3 % of a quantile, or
{SMALLEST} mean services. Entries are relative errors; a difference that only the {SMALLEST} mean services bring within the bar is left out.

## Laws with phases and constant service: exact against exact

Services of scv 0 (constant), .5 (Erlang-2), 1, and 2, 4, 8 (two exponential classes, balanced means); arrivals of scv .5, 1 and 4; loads
.3, .5, .7, .8, .9, .97. The references (`exact_grid.py`) share nothing with the package: state by state written chains with functional
iteration and uniformised waits, and zeros of the transform with numerical inversion for constant service. Each entry is the worst of the
18 cells of load and arrivals.
"""
LAWS = """
## Laws without phases: against simulation

Lognormal and gamma laws and mixtures of two classes, a tenth of the requests 10, 20 or 40 times as long; loads .3, .5, .7, .9 and 2, 8, 32,
64 servers. An entry is the worst error beyond three standard errors of the simulation (10 to 40 runs of a million customers); the stated
error is the largest `numerical_error` of these cells and must cover the entries.

| service law, scv in numbers | arrival scv | mean wait | p95 wait | p99 wait | p95 response | stated |
|---|---|---|---|---|---|---|"""


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((TABLES / name).read_text(encoding="utf-8").splitlines()))


def solved(row: dict[str, str], service: ServiceTime) -> tuple[dict[str, float], float]:
    queue = MultiServerQueue(float(row["load"]) * int(row["servers"]), service, int(row["servers"]), float(row["arrival_scv"]))
    found = (queue.mean_wait, queue.wait_quantile(0.95), queue.wait_quantile(0.99), queue.response_quantile(0.95))
    return dict(zip(FIGURES, found, strict=True)), queue.numerical_error


def error(row: dict[str, str], name: str, value: float) -> float:
    """Return the relative error beyond three standard errors where there are any; 0 where only the absolute bar covers it."""
    known = float(row[name])
    beyond = max(abs(value - known) - 3 * float(row.get(f"{name}_error", 0.0)), 0.0)
    ratio = beyond / max(known, 1e-12)
    return 0.0 if beyond <= SMALLEST and ratio > BAR[name] else ratio


def worst(rows: Iterable[dict[str, str]], service: Callable[[dict[str, str]], ServiceTime]) -> tuple[list[float], float]:
    largest, stated = [0.0] * len(FIGURES), 0.0
    for row in rows:
        found, claim = solved(row, service(row))
        stated = max(stated, claim)
        largest = [max(most, error(row, name, found[name])) for most, name in zip(largest, FIGURES, strict=True)]
    return largest, stated


def written(value: float) -> str:
    if value >= 0.0005:
        return f"{value:.1%}"
    return "0" if value == 0 else f"{value:.0e}"


def main() -> None:
    print(HEAD)
    print("| servers | service scv | mean wait | p95 wait | p99 wait | p95 response |\n|---|---|---|---|---|---|")
    grid = rows_of("exact_grid.csv")
    for servers, scv in dict.fromkeys((row["servers"], row["service_scv"]) for row in grid):
        cells = [row for row in grid if (row["servers"], row["service_scv"]) == (servers, scv)]
        largest, _ = worst(cells, lambda row: ServiceTime(1.0, float(row["service_scv"])))
        print(f"| {servers} | {scv} | " + " | ".join(map(written, largest)) + " |")
    print(LAWS)
    laws = rows_of("reference_laws.csv")
    for law, arrivals in dict.fromkeys((row["law"], row["arrival_scv"]) for row in laws):
        cells = [row for row in laws if (row["law"], row["arrival_scv"]) == (law, arrivals)]
        largest, stated = worst(cells, lambda row: ServiceTime.of(law_named(row["law"])))
        print(f"| {law} | {arrivals} | " + " | ".join(map(written, largest)) + f" | {stated:.0%} |")


if __name__ == "__main__":
    main()
