"""Any command's result as a JSON document."""

from workbench.exports.documents import json_text


def document(result: object) -> str:
    """Return a frozen result by its fields; what is not finite is null."""
    return json_text(result)
