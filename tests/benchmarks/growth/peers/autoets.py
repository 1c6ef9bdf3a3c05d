"""AutoETS by simulated paths: `autoets.py IN.npz OUT.npz HORIZON SEASON PATHS`, run in an environment that has statsforecast.

IN: arrays s0, s1, …; OUT: paths (series, PATHS, HORIZON) as float32 and the CPU seconds spent.
"""

import sys
import time

import numpy as np
from statsforecast.models import AutoETS


def main() -> None:
    source, target, horizon, season, paths = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    with np.load(source) as kept:
        series = [kept[f"s{index}"] for index in range(len(kept.files))]
    AutoETS(season_length=season).fit(series[0])
    begin = time.process_time()
    drawn = [AutoETS(season_length=season).fit(values).simulate(h=horizon, n_paths=paths, seed=row) for row, values in enumerate(series)]
    spent = time.process_time() - begin
    np.savez(target, paths=np.stack(drawn).astype(np.float32), seconds=spent)


if __name__ == "__main__":
    main()
