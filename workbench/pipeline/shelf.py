"""What was fitted, kept on disk: a second process starts where the first one ended, with the same digits.

Entries are pickles, so they lie in the user's own cache folder alone, never in a study that came from elsewhere; a file of another
owner is not read. Whatever is wrong with an entry (cut, altered, of another program) makes it one that is not there.
"""

import hashlib
import json
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from platformdirs import user_cache_path

from workbench.pipeline.basis import canonical
from workbench.study.estate import Study

SWITCH = "WORKBENCH_CACHE"
"""Environment variable: "off", or the folder to keep fits in; absent: the user's cache folder."""
MOST_BYTES = 2_000_000_000
"""The entries used longest ago go when all of them together are larger."""
MAGIC = b"workbench shelf 1\n"
DIGEST_BYTES = 32
ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "pricing", "workbench/history", "workbench/pipeline", "workbench/study", "workbench/prices")
"""Code that fits, sizes and searches: when a file of it changes, what it computed before does not count."""
BESIDE_THE_FIT = frozenset(
    {
        "name",
        "folder",
        "demo",
        "scenarios",
        "sources",
        "money",
        "labour",
        "purchase",
        "failures",
        "recovery",
        "incidents",
        "users_share_limit",
    }
)
"""Fields of a study that no fit reads; a change of them throws no fit away."""
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of results by what they were computed from; without a folder nothing is kept."""

    folder: Path | None
    most_bytes: int = MOST_BYTES

    def get(self, name: str, key: str, kind: type[Kept], compute: Callable[[], Kept]) -> Kept:
        """Return the entry of a name and key, computed and put there if it is not."""
        found = self.find(name, key, kind)
        if found is not None:
            return found
        computed = compute()
        self.put(name, key, computed)
        return computed

    def find(self, name: str, key: str, kind: type[Kept]) -> Kept | None:
        """Return the entry of a name and key, or None if there is none."""
        found = None if self.folder is None else _read(self._path(self.folder, name, key))
        return found if isinstance(found, kind) else None

    def put(self, name: str, key: str, value: object) -> None:
        """Keep a value under a name and key in place of what is there."""
        if self.folder is not None:
            self._put(self._path(self.folder, name, key), value)

    @staticmethod
    def _path(folder: Path, name: str, key: str) -> Path:
        return folder / f"{name}-{key}.pickle"

    def _put(self, path: Path, value: object) -> None:
        """Write an entry whole or not at all; a disk that is full or read-only costs time, not the answer."""
        payload = pickle.dumps(value, protocol=5)
        aside: Path | None = None
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".half-", delete=False) as file:
                aside = Path(file.name)
                file.write(MAGIC + hashlib.sha256(payload).digest() + payload)
            aside.replace(path)
            self._bound(path)
        except OSError:
            if aside is not None:
                aside.unlink(missing_ok=True)

    def _bound(self, newest: Path) -> None:
        entries = sorted((path.stat().st_mtime_ns, path.stat().st_size, path) for path in newest.parent.glob("*.pickle") if path != newest)
        total = newest.stat().st_size + sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= self.most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size


NO_SHELF = Shelf(None)


def shelf() -> Shelf:
    """Return the shelf that the environment asks for; by default the user's cache folder."""
    wanted = os.environ.get(SWITCH, "")
    if wanted == "off":
        return Shelf(None)
    return Shelf(Path(wanted).expanduser() if wanted else user_cache_path("capacity-workbench", appauthor=False))


def fit_key(study: Study, history: Path) -> str:
    """Return the fingerprint of all that fits, growth and demand are computed from: history, study, seed, code and versions."""
    parts = [text_of({one.name: getattr(study, one.name) for one in fields(study) if one.name not in BESIDE_THE_FIT}), _code().encode()]
    for path in sorted(path for path in history.rglob("*") if path.is_file() and path.suffix in {".parquet", ".json"}):
        with path.open("rb") as file:
            parts += [path.relative_to(history).as_posix().encode(), hashlib.file_digest(file, "sha256").digest()]
    return joined_key(*parts)


def text_of(value: object) -> bytes:
    """Return a value as canonical JSON: equal values give equal bytes in every process."""
    return json.dumps(canonical(value), sort_keys=True, separators=(",", ":")).encode()


def joined_key(*parts: bytes) -> str:
    """Return one fingerprint of several parts, 32 hex digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _code() -> str:
    """Return what tells one state of the program from another: its files by size and time of change, and the versions below it."""
    stamps = [
        f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in {".py", ".csv", ".toml"}
    ]
    versions = [metadata.version(name) for name in ("capacity-workbench", "numpy", "scipy", "polars", "holidays")]
    return "\n".join([*stamps, *versions, sys.version])


def _read(path: Path) -> object:
    """Return what an entry holds, or None if it is not there, not ours or not whole."""
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None
        whole = path.read_bytes()
        head = len(MAGIC) + DIGEST_BYTES
        payload = memoryview(whole)[head:]
        if whole[: len(MAGIC)] != MAGIC or hashlib.sha256(payload).digest() != whole[len(MAGIC) : head]:
            return None
        os.utime(path)
        found: object = pickle.loads(payload)  # noqa: S301 (own folder, own file, digest checked)
    except (OSError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, EOFError, TypeError, ValueError):
        return None
    return found
