"""Sources of a study as connections."""

from workbench.sources.labels import LabelRule
from workbench.sources.postgres import PostgresConnection
from workbench.sources.prometheus import PrometheusConnection
from workbench.study.estate import Study
from workbench.study.source_specs import SourceSpec


def label_rule(study: Study, source: SourceSpec) -> LabelRule:
    """Return how a source's labels name the study's tenants."""
    known = tuple(tenant.name for tenant in study.tenants)
    return LabelRule(source.tenant_label, source.tenant_pattern, dict(source.tenant_map), known)


def prometheus_of(study: Study, source: SourceSpec) -> PrometheusConnection:
    """Return the connection to a Prometheus; ValueError names what its table lacks."""
    if source.url is None:
        raise ValueError(f'source {source.name!r} of kind prometheus has no url: add url = "https://…" to its table')
    return PrometheusConnection(
        name=source.name,
        url=source.url,
        username=source.username,
        password_file=source.password_file,
        bearer_file=source.bearer_file,
        ca_file=source.ca_file,
        client_cert=source.client_cert,
        client_key=source.client_key,
        headers=dict(source.headers),
        proxy=source.proxy,
        timeout_s=source.timeout_s,
        tenant=label_rule(study, source),
        server_of=source.server_of,
    )


def postgres_of(study: Study, source: SourceSpec) -> PostgresConnection:
    """Return the connection to a PostgreSQL server."""
    return PostgresConnection(
        name=source.name,
        service=source.service,
        server_of=source.server_of,
        tenant=label_rule(study, source),
        timeout_s=source.timeout_s,
    )
