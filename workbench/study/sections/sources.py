"""[[sources]]: where samples come from; never with a secret."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from workbench.study.durations import positive_seconds
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.source_specs import SourceSpec
from workbench.study.values import name, one_of, own_file, pattern, text

KINDS = ("prometheus", "postgres", "pg_profile", "odoo-log", "csv")

_FILE_KINDS = ("odoo-log", "csv")


def read_source(section: Section, folder: Path) -> SourceSpec:
    """Return one source; relative paths start at the study's folder."""
    section.require("name", 'name = "prom-eu"')
    section.require("kind", 'kind = "prometheus"')
    kind = section.read("kind", one_of(*KINDS), "prometheus")
    if kind == "prometheus":
        section.require("url", 'url = "https://prometheus.example.org"')
    if kind in _FILE_KINDS:
        section.require("path", 'path = "exports/samples.csv"')
    a_file = own_file(folder)
    tenant = section.child("tenant")
    if tenant.names:
        tenant.require("label", 'label = "datname"')
    return SourceSpec(
        name=section.read("name", name, "?"),
        kind=kind,
        url=section.read("url", _url, None),
        service=section.read("service", text, None),
        path=section.read("path", a_file, None),
        bearer_file=section.read("bearer_file", a_file, None),
        username=section.read("username", text, None),
        password_file=section.read("password_file", a_file, None),
        ca_file=section.read("ca_file", a_file, None),
        client_cert=section.read("client_cert", a_file, None),
        client_key=section.read("client_key", a_file, None),
        headers=_texts(section.child("headers")),
        proxy=section.read("proxy", _url, None),
        server_of=section.read("server_of", text, None),
        tenant_label=tenant.read("label", text, None),
        tenant_pattern=tenant.read("pattern", pattern, None),
        tenant_map=_texts(tenant.child("map")),
        catalogue=section.read("catalogue", a_file, None),
        timeout_s=section.read("timeout", positive_seconds, 30.0),
    )


def _url(value: object) -> str:
    found = text(value)
    try:
        parts = urlsplit(found)
        _ = parts.port
    except ValueError:
        raise RuleError("is no address", 'e.g. "https://prometheus.example.org"') from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RuleError("is no http or https address", 'e.g. "https://prometheus.example.org"')
    return found


def _texts(section: Section) -> Mapping[str, str]:
    read = {key: section.read(key, text, None) for key in section.names}
    return {key: value for key, value in read.items() if value is not None}
