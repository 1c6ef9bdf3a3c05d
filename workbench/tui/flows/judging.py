"""Judge the forecasts on the study's own past, in the background."""

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.bench import Tell
    from workbench.tui.studio import Studio


def judge(app: "WorkbenchApp") -> None:
    """Compute the backtest once for the labels that hold; it can be stopped, and what is shown stays."""
    if app.studio is not None:
        app.run_worker(_judge(app, app.studio), name="backtest", group="figures", exclusive=True, exit_on_error=False)


async def _judge(app: "WorkbenchApp", studio: "Studio") -> None:
    app.begin("backtest")
    try:
        await app.bench.do(partial(_judged, studio, app.bench.progress))
    finally:
        app.computing = ""
        app.write_bars()
    app.fill()


def _judged(studio: "Studio", progress: "Tell") -> None:
    from workbench.pipeline.looking_back import backtest_of

    backtest_of(studio.session, progress=progress)
