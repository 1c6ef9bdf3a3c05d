"""The command line: stdout is data, stderr is narration."""

from workbench.cli.main import main

__all__ = ["main"]
