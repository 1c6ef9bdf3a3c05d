"""`python -m workbench` and the console script."""

import sys

from workbench.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
