"""`python -m workbench` and the console script."""

import os
import sys

# Before anything imports numpy: small matrices on several BLAS threads take several times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from workbench.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
