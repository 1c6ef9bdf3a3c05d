"""Customers a second of Ciw, run as a process in its own environment: ciw_queues.py KIND CUSTOMERS."""

import sys
import time

import ciw

MGC = (0.8873, 0.1127)
RATES = (1.7746, 0.2254)


def network(kind: str) -> "ciw.network.Network":
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
    raise SystemExit(f"unknown kind {kind!r}: plain, finite or sharing")


def main() -> None:
    kind, customers = sys.argv[1], int(sys.argv[2])
    ciw.seed(1)
    node = ciw.PSNode if kind == "sharing" else ciw.Node
    simulation = ciw.Simulation(network(kind), node_class=node)
    before = time.perf_counter()
    simulation.simulate_until_max_customers(customers, method="Arrive" if kind == "finite" else "Finish")
    simulation.get_all_records()
    print(customers / (time.perf_counter() - before))


if __name__ == "__main__":
    main()
