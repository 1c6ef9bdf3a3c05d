"""Reading credentials from files or the environment, and keeping them out of every message."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

SHORTEST_HEADER_SECRET = 6
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


def read_secret(path: Path, purpose: str) -> str:
    """Return the stripped content of a secret file, or raise ValueError naming the file and its purpose."""
    try:
        text = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ValueError(f"{purpose} {path}: {reason}: must be a readable text file with nothing but the secret") from error
    if not text:
        raise ValueError(f"{purpose} {path}: is empty: must hold the secret")
    return text


def expand_headers(headers: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return headers with $NAME values taken from the environment, and all values, any of which may be secret."""
    expanded: dict[str, str] = {}
    secret: list[str] = []
    for key, value in headers.items():
        if not value.startswith("$"):
            expanded[key] = value
            # Shorter values would blank out innocent parts of messages.
            secret += [value] if len(value) >= SHORTEST_HEADER_SECRET else []
            continue
        found = os.environ.get(value[1:])
        if not found:
            raise ValueError(f"header {key}: environment variable {value[1:]} is not set: export it before running")
        expanded[key] = found
        secret.append(found)
    return expanded, tuple(secret)


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret and any user:password@ replaced by ***."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, "***")
    return _USERINFO.sub("***@", text)
