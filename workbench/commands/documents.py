"""Any command's result as a JSON document, any table of a screen as a file."""

from workbench.exports.documents import json_text
from workbench.exports.view_tables import VIEW_FORMATS
from workbench.views.cell import Table


def document(result: object) -> str:
    """Return a frozen result by its fields; what is not finite is null."""
    return json_text(result)


def table_document(table: Table, ending: str) -> str:
    """Return what a screen shows as the text of a file, by its ending; raise ValueError naming the known ones."""
    if ending not in VIEW_FORMATS:
        raise ValueError(f"no table is written as {ending!r}: choose one of {', '.join(VIEW_FORMATS)}")
    return VIEW_FORMATS[ending](table)
