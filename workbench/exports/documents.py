"""Results as JSON documents: keys of architecture.md, unknown is null with a reason, never NaN."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What a document may hold; money stands as a decimal string."""


def to_json(value: object) -> Json:
    """Return a frozen value as JSON: records by their fields, money as text, dates as ISO, what is not finite as null."""
    if value is None or (isinstance(value, bool | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return _composed(value)


def _composed(value: object) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [to_json(item) for item in value]
    raise TypeError(f"a {type(value).__name__} does not belong into a document: give records, text, numbers or dates")


def json_text(value: object) -> str:
    """Return a document as text, two spaces, keys in their order; ends with a line feed."""
    return json.dumps(to_json(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
