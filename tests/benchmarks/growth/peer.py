"""Run AutoETS of statsforecast in an environment of its own under .bench/, made on first use."""

import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
PYTHON = HERE.parents[2] / ".bench" / "statsforecast" / "bin" / "python"
REQUIREMENT = "statsforecast==2.1.1"

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What the peer said."""

    paths: Array
    """(series, paths, horizon)"""
    ms_per_series: float


def autoets(series: list[Array], horizon: int, season: int, paths: int = 500) -> Simulated | None:
    """Return AutoETS paths; None, with a line on stderr, when the peer cannot be installed or fails."""
    if not installed():
        print(f"{REQUIREMENT} cannot be installed: AutoETS is absent", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(given, **{f"s{index}": values for index, values in enumerate(series)})
        command = [PYTHON, HERE / "peers" / "autoets.py", given, found, str(horizon), str(season), str(paths)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            print(run.stderr.strip().splitlines()[-1], file=sys.stderr)
            return None
        with np.load(found) as kept:
            return Simulated(kept["paths"].astype(np.float64), 1000 * float(kept["seconds"]) / len(series))


def installed() -> bool:
    """Return whether the environment can import statsforecast, after trying to make it so."""
    if not PYTHON.exists():
        venv.create(PYTHON.parents[1], with_pip=True)
    if subprocess.run([PYTHON, "-c", "import statsforecast"], capture_output=True, check=False).returncode == 0:
        return True
    return subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", REQUIREMENT], capture_output=True, check=False).returncode == 0
