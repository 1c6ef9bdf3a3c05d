"""Write the exact reference table of the queueing tests: python exact_grid.py [SERVERS ...] > tests/models/queueing/exact_grid.csv."""

import csv
import itertools
import sys

import exact_constant
import exact_phases

SERVERS = (1, 2, 4, 8, 16, 32, 64)
LOADS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.97)
SERVICE_SCVS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
ARRIVAL_SCVS = (0.5, 1.0, 4.0)
COLUMNS = ("wait_probability", "mean_wait", "wait_p95", "wait_p99", "response_p95")


def main() -> None:
    servers = [int(count) for count in sys.argv[1:]] or SERVERS
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["servers", "load", "service_scv", "arrival_scv", *COLUMNS])
    for count, load, service_scv, arrival_scv in itertools.product(servers, LOADS, SERVICE_SCVS, ARRIVAL_SCVS):
        if service_scv == 0:
            found = exact_constant.solved(arrival_scv, load, count)
        else:
            arrival = exact_phases.phases_of(arrival_scv, 1 / (load * count))
            found = exact_phases.solved(exact_phases.Queue(arrival, exact_phases.phases_of(service_scv, 1.0), count))
        table.writerow([count, load, service_scv, arrival_scv, *(f"{max(found[name], 0.0):.9g}" for name in COLUMNS)])
        sys.stdout.flush()


if __name__ == "__main__":
    main()
