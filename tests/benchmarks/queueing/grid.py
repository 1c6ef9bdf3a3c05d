"""Errors of the solvers against the stored simulations, by number of servers and scv of the service."""

import csv
from pathlib import Path

from models.queueing import MultiServerQueue, ServiceTime

REFERENCE = Path(__file__).parents[2] / "models" / "queueing" / "reference_grid.csv"
SMALLEST_S = 0.002


def error_rows() -> list[str]:
    """Return table rows: largest error in the mean, p95 and p99 of the wait beyond 0.002 services, and the simulation's own."""
    largest: dict[tuple[str, str], list[float]] = {}
    for row in csv.DictReader(REFERENCE.read_text().splitlines()):
        queue = MultiServerQueue(
            float(row["load"]) * int(row["servers"]),
            ServiceTime(1.0, float(row["service_scv"])),
            int(row["servers"]),
            float(row["arrival_scv"]),
        )
        found = {"mean_wait": queue.mean_wait, "wait_p95": queue.wait_quantile(0.95), "wait_p99": queue.wait_quantile(0.99)}
        worst = largest.setdefault((row["servers"], row["service_scv"]), [0.0] * 6)
        for k, (name, value) in enumerate(found.items()):
            known, error = float(row[name]), float(row[f"{name}_error"])
            if known > 0:
                worst[2 * k] = max(worst[2 * k], max(abs(value - known) - SMALLEST_S, 0.0) / known)
                worst[2 * k + 1] = max(worst[2 * k + 1], max(2 * error - SMALLEST_S, 0.0) / known)
    return [
        f"| {servers} | {scv} | " + " | ".join(f"{worst[k]:.2%} (± {worst[k + 1]:.2%})" for k in (0, 2, 4)) + " |"
        for (servers, scv), worst in largest.items()
    ]
