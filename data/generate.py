"""Writes the bundled study: `python -m data.generate [FOLDER]`; without a folder, data/meridian beside this file."""

import sys
from pathlib import Path

from data.generator.history import write_history
from data.generator.study_files import write_study_files
from data.generator.truth import write_truth


def main(folder: Path) -> None:
    """Write the whole study and its planted truth."""
    write_study_files(folder)
    write_history(folder / "history")
    write_truth(folder.with_name(f"{folder.name}-truth.json"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "meridian")
