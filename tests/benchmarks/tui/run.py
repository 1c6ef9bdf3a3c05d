"""First paint and --help, each beside its peer in the same run; prints a Markdown table.

Usage: python tests/benchmarks/tui/run.py [ROUNDS]
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ROWS, COLUMNS = 50, 200
PATIENCE_S = 30.0
OURS = "from pathlib import Path; from workbench.tui.app import run; run(None)"
FIRST_PAINT_BAR, HELP_BAR = 1.7, 0.6


@dataclass(frozen=True, slots=True)
class Measured:
    """Two programs side by side."""

    what: str
    ours_ms: float
    peer: str
    peer_ms: float
    bar: float

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.peer_ms

    def row(self) -> str:
        met = "yes" if self.ratio <= self.bar else "no"
        return f"| {self.what} | {self.ours_ms:.0f} | {self.peer} | {self.peer_ms:.0f} | {self.ratio:.2f} | {self.bar:.1f} | {met} |"


def paint_ms(command: list[str], text: bytes, environment: dict[str, str]) -> float:
    """Return the milliseconds until a program in a terminal of 200×50 has written a text."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    started = time.perf_counter()
    program = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, env=environment, start_new_session=True)
    os.close(inside)
    try:
        return _until(terminal, text, started)
    finally:
        program.kill()
        program.wait()
        os.close(terminal)


def _until(terminal: int, text: bytes, started: float) -> float:
    seen = b""
    while time.perf_counter() - started < PATIENCE_S:
        if select.select([terminal], [], [], 0.05)[0]:
            seen += os.read(terminal, 1 << 16)
            if text in seen:
                return 1000 * (time.perf_counter() - started)
    raise RuntimeError(f"{text!r} did not appear within {PATIENCE_S:.0f} s")


def run_ms(command: list[str]) -> float:
    """Return the milliseconds a program takes from start to end."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return 1000 * (time.perf_counter() - started)


def first_paint(rounds: int) -> Measured:
    """Return the median first paint on the bundled study beside a bare application, alternating."""
    ours, peer = [], []
    with tempfile.TemporaryDirectory() as state:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": state}
        for number in range(rounds + 1):
            own = paint_ms([sys.executable, "-c", OURS], b"Estate", environment)
            other = paint_ms([sys.executable, str(HERE / "bare.py")], b"first paint", environment)
            if number:
                ours.append(own)
                peer.append(other)
    return Measured("first paint, 200×50", statistics.median(ours), "bare Textual", statistics.median(peer), FIRST_PAINT_BAR)


def help_text(rounds: int) -> Measured:
    """Return the median of `--help` beside importing numpy, alternating."""
    ours, peer = [], []
    for number in range(rounds + 1):
        own = run_ms([sys.executable, "-m", "workbench", "--help"])
        other = run_ms([sys.executable, "-c", "import numpy"])
        if number:
            ours.append(own)
            peer.append(other)
    return Measured("workbench --help", statistics.median(ours), "import numpy", statistics.median(peer), HELP_BAR)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    rows = [first_paint(rounds), help_text(rounds)]
    print("| what | ours, ms | peer | peer, ms | ratio | bar | met |\n|---|---|---|---|---|---|---|")
    print("\n".join(one.row() for one in rows))


if __name__ == "__main__":
    main()
