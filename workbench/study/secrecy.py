"""Secrets never belong in a study: find them and never repeat them."""

import re
from collections.abc import Iterator

from workbench.study.cells import words
from workbench.study.lines import KeyPath

HIDDEN = "(hidden)"
REFUSAL = "holds a secret, and a study is kept in git"

_SECRET_NAME = re.compile(r"(?i)(^|[-_.])(pass(word|wd|phrase)?|pwd|secret|token|bearer|credentials?|api[-_]?key|private[-_]?key)$")
_SECRET_HEADER = re.compile(r"(?i)authori[sz]ation|cookie|token|secret|password|api[-_]?key")
_USER_INFO = re.compile(r"//[^/\s@\"']*:[^/\s@\"']*@")
_CONNECTION_PASSWORD = re.compile(r"(?i)\b(password|passwd|pwd)\s*=\s*\S")
_ADDRESS_KEYS = ("url", "proxy")


def is_secret_name(key: str) -> bool:
    """Return whether a key of that name would hold a secret itself (password, token; not password_file)."""
    return bool(_SECRET_NAME.search(key))


def holds_secret(text: str) -> bool:
    """Return whether a text carries user:password@ or password=."""
    return bool(_USER_INFO.search(text) or _CONNECTION_PASSWORD.search(text))


def find_secrets(values: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object, str]]:
    """Yield (key path, value, what to do instead) of every secret in nested TOML values."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield from find_secrets(value, (*path, str(key)))
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from find_secrets(value, (*path, index))
    else:
        fix = _fix(path, words(values))
        if fix:
            yield path, values, fix


def _fix(path: KeyPath, text: str | None) -> str | None:
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if is_secret_name(key):
        return f'put it into a file of your own and name that, e.g. {key.lower()}_file = "~/.config/workbench/{key.lower()}"'
    if text is None:
        return None
    if "headers" in path and _SECRET_HEADER.search(key) and not text.startswith("$"):
        return f'name an environment variable instead, e.g. "{key}" = "$MY_{re.sub("[^A-Z0-9]+", "_", key.upper())}"'
    if holds_secret(text) or (key in _ADDRESS_KEYS and "@" in re.sub(r"^\w+://", "", text).split("/")[0]):
        return "take user and password out and use username, password_file or a libpq service"
    return None
