"""The application: everything that touches the outside world."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.notebook import open_study

__all__ = ["open_study"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the notebook's entry lazily, so that the command line starts without numpy."""
    if name == "open_study":
        from workbench.notebook import open_study

        return open_study
    raise AttributeError(f"module 'workbench' has no attribute {name!r}")
