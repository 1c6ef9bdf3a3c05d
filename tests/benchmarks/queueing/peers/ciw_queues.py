"""Customers a second of Ciw, run as a process in its own environment: ciw_queues.py KIND CUSTOMERS."""

import math
import sys
import time

import ciw

MGC = (0.8873, 0.1127)
RATES = (1.7746, 0.2254)


def network(kind: str, customers: int) -> "ciw.network.Network":
    hyper = ciw.dists.HyperExponential(list(RATES), list(MGC))
    if kind == "plain":
        return ciw.create_network(arrival_distributions=[ciw.dists.Exponential(6.4)], service_distributions=[hyper], number_of_servers=[8])
    if kind == "finite":
        return ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(10.0)], service_distributions=[hyper], number_of_servers=[8], queue_capacities=[12]
        )
    if kind == "sharing":
        return ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(2.8)],
            service_distributions=[hyper],
            number_of_servers=[8],
            ps_thresholds=[4],
        )
    if kind == "varying":  # 6.4 (1 + .2 sin) a second over 200 seconds, as ours
        ends = [float(k) for k in range(1, 201)]
        rates = [6.4 * (1 + 0.2 * math.sin(2 * math.pi * (k + 0.5) / 200)) for k in range(200)]
        arrivals = ciw.dists.PoissonIntervals(rates=rates, endpoints=ends, max_sample_date=customers / 6.4)
        return ciw.create_network(arrival_distributions=[arrivals], service_distributions=[hyper], number_of_servers=[8])
    if kind == "batches":
        return ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(6.4 / 3)],
            batching_distributions=[ciw.dists.Geometric(1 / 3)],
            service_distributions=[hyper],
            number_of_servers=[8],
        )
    raise SystemExit(f"unknown kind {kind!r}: plain, finite, sharing, varying or batches")


def main() -> None:
    kind, customers = sys.argv[1], int(sys.argv[2])
    ciw.seed(1)
    node = ciw.PSNode if kind == "sharing" else ciw.Node
    simulation = ciw.Simulation(network(kind, customers), node_class=node)
    before = time.process_time()
    if kind == "varying":
        simulation.simulate_until_max_time(customers / 6.4)
    else:
        simulation.simulate_until_max_customers(customers, method="Arrive" if kind == "finite" else "Finish")
    records = simulation.get_all_records()
    print((len(records) if kind == "varying" else customers) / (time.process_time() - before))


if __name__ == "__main__":
    main()
