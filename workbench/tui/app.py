"""The entry of the terminal interface."""

import gc
import os
import time
from pathlib import Path


def run(folder: Path | None, scenario: str | None = None, edits: tuple[str, ...] = ()) -> int:
    """Run the terminal interface on a study's folder (None: the nearest, else the bundled one); return the exit code."""
    # Nothing made before the first paint is garbage: collecting it would cost a tenth of the time until then.
    gc.disable()
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.ascii_lines import draws_ascii_only
    from workbench.tui.serving import READ_ONLY
    from workbench.tui.start import Start

    read_only = bool(os.environ.get(READ_ONLY))
    app = WorkbenchApp(Start(folder, scenario, edits, read_only=read_only, ascii_only=draws_ascii_only()))
    app.run()
    if app.wants_guide:
        return guide(time.time_ns() // 1_000_000)
    return app.return_code or 0


def guide(now_ms: int, folder: str = "") -> int:
    """Run the guided start, then open the study that it wrote; return the exit code."""
    from workbench.tui.ascii_lines import ASCII_LINES, draws_ascii_only
    from workbench.tui.guide.application import GuideApp

    written = GuideApp(now_ms, folder, filters=(ASCII_LINES,) if draws_ascii_only() else ()).run()
    return 0 if written is None else run(written)
