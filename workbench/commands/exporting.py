"""Files for those who do not sit at the terminal."""

from dataclasses import dataclass
from pathlib import Path

from workbench.exports.csv_tables import table_csv
from workbench.exports.focus import focus_csv
from workbench.exports.page import page_html
from workbench.exports.workbook import workbook_bytes
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision
from workbench.study.atomic import write_whole, write_whole_bytes


@dataclass(frozen=True, slots=True)
class Exports:
    """Which files to write; None: not that one."""

    csv: Path | None = None
    table: str = "lines"
    dialect: str = "machine"
    xlsx: Path | None = None
    html: Path | None = None
    focus: Path | None = None


def write_exports(comparison: Comparison, decision: Decision, exports: Exports) -> tuple[str, ...]:
    """Write the files, each whole or not at all; return a sentence about each."""
    said = []
    if exports.csv is not None:
        write_whole(exports.csv, table_csv(comparison, exports.table, exports.dialect))
        said.append(f"wrote {exports.csv}")
    if exports.xlsx is not None:
        write_whole_bytes(exports.xlsx, workbook_bytes(comparison))
        said.append(f"wrote {exports.xlsx}")
    if exports.html is not None:
        write_whole(exports.html, page_html(comparison, decision))
        said.append(f"wrote {exports.html}")
    if exports.focus is not None:
        text, left = focus_csv(comparison)
        write_whole(exports.focus, text)
        said.append(f"wrote {exports.focus}: FOCUS-shaped planned cost, no billing data")
        said += [f"left out {name}: it has no total" for name in left]
    return tuple(said)
