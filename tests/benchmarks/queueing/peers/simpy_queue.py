"""Customers a second of SimPy for M/H2/8, run as a process in its own environment: simpy_queue.py plain CUSTOMERS."""

import random
import sys
import time

import simpy


def customer(environment, servers, waits, draw):
    came = environment.now
    with servers.request() as request:
        yield request
        waits.append(environment.now - came)
        yield environment.timeout(draw.expovariate(1.7746 if draw.random() < 0.8873 else 0.2254))


def arrivals(environment, servers, waits, draw, customers):
    for _ in range(customers):
        yield environment.timeout(draw.expovariate(6.4))
        environment.process(customer(environment, servers, waits, draw))


def main() -> None:
    customers = int(sys.argv[2])
    environment = simpy.Environment()
    waits = []
    before = time.process_time()
    environment.process(arrivals(environment, simpy.Resource(environment, capacity=8), waits, random.Random(1), customers))
    environment.run()
    print(customers / (time.process_time() - before))


if __name__ == "__main__":
    main()
