"""Which tenant a label value stands for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sources.labels import LabelRule, claims, host_of, name_of

PATTERN = "(?P<tenant>[a-z]+)-odoo@.*"


def test_exact_goes_before_the_pattern_and_both_claims_are_seen() -> None:
    rule = LabelRule("service", PATTERN, {"leipzig-odoo@docker": "zwickau"})
    assert claims(rule, "service", "leipzig-odoo@docker") == ("zwickau", "leipzig")


def test_a_pattern_holds_for_its_own_label_only() -> None:
    rule = LabelRule("service", PATTERN)
    assert name_of(rule, "service", "leipzig-odoo@docker") == "leipzig"
    assert name_of(rule, "service", "other") is None
    assert name_of(rule, "datname", "leipzig") == "leipzig"
    assert name_of(rule, "datname", "x_leipzig", "x_(?P<tenant>.+)") == "leipzig"


def test_only_known_names_are_taken_when_they_are_given() -> None:
    rule = LabelRule("datname", known=("leipzig",))
    assert name_of(rule, "datname", "leipzig") == "leipzig"
    assert name_of(rule, "datname", "grafana") is None
    assert name_of(LabelRule("service", PATTERN, known=("leipzig",)), "service", "brno-odoo@x") is None


@pytest.mark.parametrize("pattern", ["([a-z]+", "([a-z]+)_prod"])
def test_a_pattern_without_tenant_is_refused(pattern) -> None:
    with pytest.raises(ValueError, match="tenant pattern"):
        LabelRule(pattern=pattern)


@pytest.mark.parametrize(
    ("instance", "host"), [("db1:9187", "db1"), ("db1", "db1"), ("[::1]:9100", "[::1]"), (":9100", ":9100"), ("a:b", "a:b")]
)
def test_the_host_is_the_instance_without_port(instance, host) -> None:
    assert host_of(instance) == host


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.text(max_size=30))
def test_the_winner_is_the_first_claim(value: str) -> None:
    rule = LabelRule("service", PATTERN, {"x": "y"})
    found = claims(rule, "service", value)
    assert name_of(rule, "service", value) == (found[0] if found else None)
    assert len(set(found)) == len(found)
