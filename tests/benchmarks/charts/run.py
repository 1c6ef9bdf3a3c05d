"""Redraw a year of history with a forecast and a limit at 200 x 50: our fan and textual-plot's lines, in CPU milliseconds.

Each contender is a process of its own; the two alternate. textual-plot draws the same series in its own environment under .bench and is
listed absent when it cannot be had. Prints a markdown table.
Usage: python tests/benchmarks/charts/run.py [--redraws 60] [--rounds 3]
"""

import argparse
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PEER = "textual-plot"
PEER_PINS = ("textual-plot==0.10.1", "textual==8.2.8", "numpy==2.4.6")
BAR_MS, BAR_RATIO = 20.0, 0.5

DATA = """
import sys, time
import numpy as np
redraws, day = int(sys.argv[1]), 86_400_000.0
hours, days = np.arange(365 * 24), np.arange(180)
times, ahead = hours * day / 24, (365 + days) * day
history = 1800 + hours / 6 + 900 * np.sin(2 * np.pi * hours / 24) + 400 * np.sin(2 * np.pi * hours / 168)
median = history[-168:].max() + 6 * days
factors = {"low90": -1.64, "low50": -0.67, "high50": 0.67, "high90": 1.64}
bands = {name: median + factor * 55 * np.sqrt(days) for name, factor in factors.items()}
def report(costs):
    print(sorted(costs)[len(costs) // 2], max(costs))
"""

OURS = """
from workbench.charts.fan import Fan, Forecast, draw_fan
from workbench.charts.scales import Unit
from workbench.charts.series import Limit, Series
forecast = Forecast(ahead, bands["low90"], bands["low50"], median, bands["high50"], bands["high90"])
fan = Fan(Unit("count", "IOPS"), Series("history", times, history), forecast, (Limit.flat("limit", 6400.0),), times[-1])
import asyncio
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip
from textual.widget import Widget
styles = {}
class Drawing(Widget):
    strips = []
    def redraw(self):
        chart = draw_fan(fan, 200, 50)
        self.strips = [Strip([Segment(s.text, styles.setdefault(s.style, Style(bold=s.style.bold))) for s in row]) for row in chart]
        self.refresh()
    def render_line(self, y):
        return self.strips[y] if y < len(self.strips) else Strip([])
class Plot(App):
    def compose(self):
        yield Drawing()
async def main():
    app = Plot()
    async with app.run_test(size=(200, 50)) as pilot:
        drawing = app.query_one(Drawing)
        costs = []
        for _ in range(redraws + 1):
            begin = time.process_time()
            drawing.redraw()
            await pilot.pause()
            costs.append(1000 * (time.process_time() - begin))
        report(costs[1:])
asyncio.run(main())
"""

THEIRS = """
import asyncio
from textual.app import App
from textual_plot import HiResMode, PlotWidget
class Plot(App):
    def compose(self):
        yield PlotWidget()
async def main():
    app = Plot()
    async with app.run_test(size=(200, 50)) as pilot:
        plot = app.query_one(PlotWidget)
        costs = []
        for _ in range(redraws + 1):
            begin = time.process_time()
            plot.clear()
            plot.plot(times, history, hires_mode=HiResMode.BRAILLE)
            for band in bands.values():
                plot.plot(ahead, band, hires_mode=HiResMode.BRAILLE)
            plot.plot(ahead, median, hires_mode=HiResMode.BRAILLE)
            plot.plot([times[0], ahead[-1]], [6400.0, 6400.0], hires_mode=HiResMode.BRAILLE)
            plot.refresh()
            await pilot.pause()
            costs.append(1000 * (time.process_time() - begin))
        report(costs[1:])
asyncio.run(main())
"""


def main() -> int:
    """Run all rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redraws", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    peer = peer_python()
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(median_ms(sys.executable, OURS, options.redraws))
        theirs += [median_ms(str(peer), THEIRS, options.redraws)] if peer else []
    own = statistics.median(ours)
    print("| redraw of a fan at 200 x 50 | CPU ms, median | bar |\n|---|---|---|")
    print(f"| our fan, filled bands, in a headless app | {own:.1f} | {BAR_MS:.0f} ({'held' if own <= BAR_MS else 'missed'}) |")
    if not theirs:
        print(f"| {PEER} | absent: pip install {PEER_PINS[0]} failed | |")
        return 0
    peer_ms = statistics.median(theirs)
    verdict = f"ours {own / peer_ms:.2f} of it, {BAR_RATIO} ({'held' if own <= BAR_RATIO * peer_ms else 'missed'})"
    print(f"| {PEER_PINS[0]}, outlines, in a headless app | {peer_ms:.1f} | {verdict} |")
    return 0


def peer_python() -> Path | None:
    """Return the interpreter of the peer's own environment, made on first use; None when it cannot be had."""
    folder = ROOT / ".bench" / PEER
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        done = subprocess.run([python, "-m", "pip", "install", "-q", "-q", *PEER_PINS], check=False)
        if done.returncode:
            shutil.rmtree(folder)
            return None
    return python


def median_ms(python: str, script: str, redraws: int) -> float:
    """Return the median CPU time of a redraw in one fresh process, in ms."""
    done = subprocess.run([python, "-c", DATA + script, str(redraws)], check=True, capture_output=True, text=True, cwd=ROOT)
    return float(done.stdout.split()[0])


if __name__ == "__main__":
    sys.exit(main())
