"""How tenants are called is guessed only where several labels agree."""

import pytest

from workbench.commands.naming import guess_rule
from workbench.sources.labels import name_of


def test_an_addition_that_most_values_have_is_read_off() -> None:
    rule = guess_rule({"datname": {"leipzig_prod", "jena_prod", "reporting"}, "namespace": {"leipzig", "jena"}})
    assert (rule.label, rule.pattern) == ("datname", "(?P<tenant>.+)_prod")
    assert name_of(rule, "datname", "jena_prod") == "jena"
    assert name_of(rule, "datname", "reporting") is None
    assert name_of(rule, "namespace", "jena") == "jena"


def test_an_addition_in_front_is_read_off() -> None:
    rule = guess_rule({"datname": {"leipzig", "jena"}, "namespace": {"erp-leipzig", "erp-jena"}})
    assert name_of(rule, "namespace", "erp-jena") == "jena"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"datname": {"leipzig_prod", "jena_prod"}},
        {"datname": {"leipzig_prod"}, "namespace": {"leipzig"}},
        {"datname": {"leipzig-staging", "jena-staging"}, "namespace": {"leipzig", "jena"}},
        {"datname": {"leipzig_a", "jena_b"}, "namespace": {"leipzig", "jena"}},
    ],
)
def test_nothing_is_guessed_from_too_little_or_across_environments(values: dict[str, set[str]]) -> None:
    assert guess_rule(values).pattern is None
