"""What is said on stderr while stdout waits for the answer."""

import sys
from collections.abc import Callable

WIDTH = 24


def progress_line() -> Callable[[str, float], None]:
    """Return the reporter of progress: one moving line on a terminal, else one line a stage."""
    return _moving if sys.stderr.isatty() else _Stages().said


def say(text: str) -> None:
    """Print a line of narration."""
    _end_line()
    sys.stderr.write(f"workbench: {text}\n")
    sys.stderr.flush()


def finish() -> None:
    """Clear the moving line."""
    _end_line()


def _end_line() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()


def _moving(what: str, share: float) -> None:
    filled = round(WIDTH * min(max(share, 0.0), 1.0))
    sys.stderr.write(f"\r\x1b[2K{'█' * filled}{'░' * (WIDTH - filled)} {what}")
    sys.stderr.flush()


class _Stages:
    """Says each stage once."""

    def __init__(self) -> None:
        self.last = ""

    def said(self, what: str, _share: float) -> None:
        """Print a stage when it begins."""
        stage = what.split(": window", maxsplit=1)[0]
        if stage != self.last:
            sys.stderr.write(f"workbench: {stage}\n")
            sys.stderr.flush()
            self.last = stage
