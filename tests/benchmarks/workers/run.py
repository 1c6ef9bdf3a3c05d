"""Error of WorkerPool on recorded load runs, beside M/G/c with frozen service time and the documentation's rule of thumb.

Fits the runs with 2 workers below 60 % of saturation, predicts the rest, runs of one rate pooled over seeds; collapsed and
disturbed runs are named and left out. Usage: python tests/benchmarks/workers/run.py FOLDER (else the runs under data/measured).
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bundled import load_bundled
from traces import CORES, HOUR_S, Day, Run, load

from models.odoo_workers import PoolFit, RequestClass, WorkerPool, day_load, has_collapsed, most_workers, rule_of_thumb, service_demand
from models.queueing import MultiServerQueue, ServiceTime

SATURATION_PER_S = 79.0
KERNEL_RETRIES_S = (1, 2, 3, 4, 6, 10, 18)
OBJECTIVES_S = (0.1, 0.2, 0.3, 0.8)
DRAWS = 40


def main() -> None:
    runs, days = load(Path(sys.argv[1])) if len(sys.argv) > 1 else (load_bundled(), [])
    quiet = [run for run in runs if run.level.workers == 2 and run.nominal_rate < 0.6 * SATURATION_PER_S and run.quality == "ok"]
    fit = fitted(quiet)
    print(f"fitted on {', '.join(run.name for run in quiet)}; {SATURATION_PER_S:g}/s is saturation\n")
    print(f"alone {fit.unloaded_s.mid * 1e3:.1f} ms ({fit.unloaded_s.low * 1e3:.1f} to {fit.unloaded_s.high * 1e3:.1f}), ", end="")
    print(f"CPU {fit.cpu_s.mid * 1e3:.1f} ms ({fit.cpu_s.low * 1e3:.1f} to {fit.cpu_s.high * 1e3:.1f})\n")
    for reason in fit.reasons:
        print(f"- {reason.code}: {dict(reason.figures)}")
    responses(runs, fit, quiet)
    onset(runs, fit)
    collapsed(runs)
    print_days(days, fit)
    speed(fit)


def fitted(quiet: Sequence[Run]) -> PoolFit:
    """Return the pool fitted to quiet runs, kinds from their logs."""
    columns = [np.concatenate([run.end_s + place * 1e4 for place, run in enumerate(quiet)])]
    columns += [np.concatenate([getattr(run, name) for run in quiet]) for name in ("sql_s", "python_s", "kind")]
    demand = service_demand(*columns, workers=2)
    return WorkerPool.fit([run.level for run in quiet], workers=2, cores=CORES, classes=demand.classes)


def responses(runs: Sequence[Run], fit: PoolFit, quiet: Sequence[Run]) -> None:
    """Print measured and predicted mean and p95 of every rate."""
    service = ServiceTime(quiet[0].level.mean_service_s, fit.pool.mixture.scv)
    print(
        "\n| runs | workers | per s | of saturation | what | measured ms | ± ms | WorkerPool | error | within bar | M/G/c frozen | error |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, same in pooled(runs).items():
        workers, rate = same[0].level.workers, float(np.mean([run.level.arrival_rate for run in same]))
        load = replace(fit.pool, workers=workers, retry_after_s=KERNEL_RETRIES_S).at(rate)
        queue = MultiServerQueue(rate, service, workers)
        measured = np.concatenate([run.response_s for run in same])
        rows = (
            ("mean", measured.mean(), error_of(same, np.mean, 20), load.mean_response_s, queue.mean_response),
            ("p95", np.quantile(measured, 0.95), error_of(same, p95, 10), load.response_quantile(0.95), queue.response_quantile(0.95)),
        )
        for what, value, error, ours, frozen in rows:
            far = abs(ours - value) <= max(0.15 * value, 2 * error)
            verdict = (
                ("yes" if far else "NO")
                if load.offered_utilization < 0.93
                else "not claimed: " + ("steady" if load.steady else "beyond usable")
            )
            print(
                f"| {name} | {workers} | {rate:.1f} | {rate / SATURATION_PER_S:.0%} | {what} | {value * 1e3:.1f} | {error * 1e3:.1f} ",
                end="",
            )
            print(f"| {ours * 1e3:.1f} | {ours / value - 1:+.0%} | {verdict} | {frozen * 1e3:.1f} | {frozen / value - 1:+.0%} |")


def pooled(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Return good runs by rate and workers."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.quality == "ok":
            found.setdefault(run.name.split("_")[0], []).append(run)
    return found


def p95(values: NDArray[np.float64]) -> float:
    """Return the 95 % quantile."""
    return float(np.quantile(values, 0.95))


def error_of(same: Sequence[Run], figure, batches: int) -> float:
    """Return the standard error by batch means, seeds pooled."""
    values = [figure(batch) for run in same for batch in np.array_split(run.response_s, batches)]
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def onset(runs: Sequence[Run], fit: PoolFit) -> None:
    """Print where a minute is expected to bring the first overflow, and what the rule of thumb says of it."""
    rates = np.arange(35.0, 78.0, 0.25)
    for workers in (2, 4):
        pool = replace(fit.pool, workers=workers, retry_after_s=KERNEL_RETRIES_S)
        expected = [60 / pool.at(rate).seconds_to_overflow for rate in rates]
        seen = [run.nominal_rate for run in runs if run.overflows > 0 and run.level.workers == workers]
        first = f"first seen at {min(seen):.1f}/s" if seen else "none seen"
        usable = pool.usable(0.95, 0.8)
        print(f"\n{workers} workers: first overflow of a minute at {np.interp(1.0, expected, rates):.1f}/s, {first}; ", end="")
        print(f"usable {usable.arrival_rate:.1f}/s (queue {usable.keeps_queue:.1f}, response {usable.keeps_response:.1f}); ", end="")
        print(
            f"the rule of thumb: {6 * workers} users, whatever they do; at most {most_workers(CORES)} workers on {CORES:g} cores; ", end=""
        )
        print(f"60 users need {rule_of_thumb(60).workers} workers")


def collapsed(runs: Sequence[Run]) -> None:
    """Print which runs are taken for collapsed."""
    for run in runs:
        if has_collapsed(run.level, 2) or run.quality == "collapsed":
            print(f"\n{run.name}: labelled {run.quality}, detected {'collapsed' if has_collapsed(run.level, 2) else 'no'}")


def print_days(days: Sequence[Day], fit: PoolFit) -> None:
    """Print the share of each day's requests that miss an objective, with the 90 % range of joint draws."""
    if not days:
        return
    print("\n| day | quality | objective s | measured late | ± | predicted | 90 % of draws | any overflow |")
    print("|---|---|---|---|---|---|---|---|")
    pools = [replace(pool, retry_after_s=KERNEL_RETRIES_S) for pool in (fit.pool, *fit.draws(DRAWS, seed=1))]
    for day in days:
        for objective in OBJECTIVES_S:
            rates = day.offered.sum(axis=1) / HOUR_S
            loads = [day_load(one, rates, interval_s=HOUR_S, within_s=objective, class_shares=day.offered) for one in pools]
            late = day.response_s > objective
            low, high = np.quantile([load.late_share for load in loads[1:]], (0.05, 0.95))
            print(f"| {day.name} | {day.quality} | {objective} | {late.mean():.4f} | {_day_error(day, late):.4f} ", end="")
            print(f"| {loads[0].late_share:.4f} | {low:.4f} to {high:.4f} | {loads[0].overflow_probability:.2f} |")


def _day_error(day: Day, late: NDArray[np.bool_]) -> float:
    batch = (day.scheduled_s // 5).astype(int)
    counts, missed = np.bincount(batch), np.bincount(batch, late)
    return float(np.sqrt(((missed - late.mean() * counts) ** 2).sum()) / counts.sum())


def speed(fit: PoolFit) -> None:
    """Print CPU time of one usable load, pools not seen before."""
    kinds: tuple[RequestClass, ...] = fit.pool.classes
    for workers, cores in ((2, 2.0), (9, 4.0), (17, 8.0)):
        spent = []
        for step in range(25):
            pool = WorkerPool(workers, cores + 0.01 * step, classes=kinds)
            begin = time.process_time()
            pool.capacity(0.95, 0.8)
            spent.append(time.process_time() - begin)
        print(f"\ncapacity() of {workers} workers with classes: median {np.median(spent) * 1e3:.1f} ms of CPU")


if __name__ == "__main__":
    main()
