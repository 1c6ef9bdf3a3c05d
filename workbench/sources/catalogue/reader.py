"""The metrics catalogue: which PromQL selector holds which canonical series."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from workbench.sources.labels import compiled

_SELECTOR = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})?")
_KINDS = ("counter", "gauge")
_SUBJECTS = ("tenant", "server")
_COMBINE = ("sum", "max")
_MEASURES = ("service", "response")
_APPEARS = ("unknown", "at zero")
_REQUIRED = ("series", "kind", "subject", "label", "selectors")
_OPTIONAL = ("part", "scale", "combine", "measures", "appears", "pattern", "ignore", "limits")


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """How one exporter says one canonical series."""

    series: str
    """Canonical name without its part."""
    exporter: str
    """Name of the catalogue file's exporter."""
    kind: Literal["counter", "gauge"]
    subject: Literal["tenant", "server"]
    label: str
    """Label that names the tenant or the server."""
    selectors: tuple[str, ...]
    """Instant selectors whose samples belong to the series; several are combined."""
    part: str | None = None
    """Label whose value becomes the part after "@" of the series' name."""
    scale: float = 1.0
    """Factor from the exporter's unit to ours."""
    combine: Literal["sum", "max"] = "sum"
    """How the label sets of one subject become one value."""
    measures: Literal["service", "response"] | None = None
    """What a duration covers: a held worker, or also the wait for one."""
    appears: Literal["unknown", "at zero"] = "unknown"
    """Whether a label set that appears on a target already seen has started from zero."""
    pattern: str | None = None
    """Tenant pattern of this label where the source gives none for it."""
    ignore: str | None = None
    """Label values that are nobody's on purpose."""
    limits: tuple[str, ...] = ()
    """Models that can say less without this series."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics behind the selectors."""
        return tuple(selector.partition("{")[0] for selector in self.selectors)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules, the preferred exporter of each series first."""

    rules: tuple[SeriesRule, ...]

    def of(self, series: str) -> tuple[SeriesRule, ...]:
        """Return the rules that can fill a canonical series."""
        return tuple(rule for rule in self.rules if rule.series == series)

    @property
    def series(self) -> tuple[str, ...]:
        """Canonical names that have a rule."""
        return tuple(dict.fromkeys(rule.series for rule in self.rules))


def load_catalogue(own: Path | None = None) -> Catalogue:
    """Return the packaged rules; a series with a rule in the user's own file is read by that file alone."""
    folder = resources.files("workbench.sources.catalogue")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    packaged = [rule for entry in files for rule in read_rules(entry.name, entry.read_text(encoding="utf-8"))]
    if own is None:
        return Catalogue(tuple(packaged))
    mine = read_rules(own.name, own.read_text(encoding="utf-8"))
    replaced = {rule.series for rule in mine}
    return Catalogue((*mine, *(rule for rule in packaged if rule.series not in replaced)))


def read_rules(file: str, text: str) -> tuple[SeriesRule, ...]:
    """Return the rules of one catalogue file; raises ValueError with every error in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}") from error
    exporter, tables = str(document.get("exporter", "")), document.get("series", ())
    errors = [f"{file}: {key}: unknown key: known are exporter, series" for key in document if key not in ("exporter", "series")]
    if not exporter or type(tables) is not list:
        raise ValueError("\n".join([*errors, f'{file}: needs exporter = "name" and [[series]] tables']))
    for number, table in enumerate(tables, 1):
        errors.extend(f"{file}: series {number} ({table.get('series', '?')}): {complaint}" for complaint in _complaints(table))
    if errors:
        raise ValueError("\n".join(errors))
    return tuple(_rule(exporter, table) for table in tables)


def _complaints(table: Mapping[str, object]) -> Iterable[str]:
    yield from (f"{key}: is missing" for key in _REQUIRED if key not in table)
    yield from (
        f"{key}: unknown key: known are {', '.join((*_REQUIRED, *_OPTIONAL))}" for key in table if key not in (*_REQUIRED, *_OPTIONAL)
    )
    choices = {"kind": _KINDS, "subject": _SUBJECTS, "combine": _COMBINE, "measures": _MEASURES, "appears": _APPEARS}
    for key, allowed in choices.items():
        if key in table and table[key] not in allowed:
            yield f"{key} = {table[key]!r}: must be one of {', '.join(allowed)}"
    yield from (
        f"{key} = {table[key]!r}: must be text" for key in ("series", "label", "part", "ignore") if not isinstance(table.get(key, ""), str)
    )
    scale = table.get("scale", 1.0)
    if not isinstance(scale, int | float) or not scale > 0:
        yield f"scale = {scale!r}: must be a number above 0"
    for selector in _texts(table, "selectors"):
        if _SELECTOR.fullmatch(selector) is None:
            yield f'selector {selector!r}: must be a metric with matchers, such as up{{job="odoo"}}, without functions or ranges'
    if "selectors" in table and not _texts(table, "selectors"):
        yield "selectors: must be a list of texts with at least one"
    try:
        compiled(str(table.get("pattern", "(?P<tenant>.*)")))
        re.compile(str(table.get("ignore", "")))
    except (ValueError, re.error) as error:
        yield str(error)


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _rule(exporter: str, table: Mapping[str, object]) -> SeriesRule:
    text = {key: str(table[key]) for key in ("part", "pattern", "ignore") if key in table}
    return SeriesRule(
        series=str(table["series"]),
        exporter=exporter,
        kind="counter" if table["kind"] == "counter" else "gauge",
        subject="tenant" if table["subject"] == "tenant" else "server",
        label=str(table["label"]),
        selectors=_texts(table, "selectors"),
        part=text.get("part"),
        scale=float(str(table.get("scale", 1.0))),
        combine="max" if table.get("combine") == "max" else "sum",
        measures=None if "measures" not in table else "service" if table["measures"] == "service" else "response",
        appears="at zero" if table.get("appears") == "at zero" else "unknown",
        pattern=text.get("pattern"),
        ignore=text.get("ignore"),
        limits=_texts(table, "limits"),
    )
