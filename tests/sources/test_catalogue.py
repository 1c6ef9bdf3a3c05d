"""The packaged catalogue is sound, and a user's own file overrides it by series."""

import pytest

from workbench.sources.catalogue import load_catalogue, read_rules

RULE = """
exporter = "own"
[[series]]
series = "requests"
kind = "counter"
subject = "tenant"
label = "plant"
selectors = ["plant_requests_total"]
measures = "service"
"""


def test_every_packaged_exporter_is_there() -> None:
    exporters = {rule.exporter for rule in load_catalogue().rules}
    proxies, application = {"traefik", "nginx-ingress"}, {"monitoring_prometheus", "cadvisor", "kube-state-metrics"}
    assert exporters == proxies | application | {"postgres_exporter", "redis_exporter", "node_exporter"}


def test_durations_say_what_they_measure() -> None:
    rules = [rule for rule in load_catalogue().rules if rule.series.startswith("request_seconds")]
    assert {(rule.exporter, rule.measures) for rule in rules} == {
        ("traefik", "response"), ("nginx-ingress", "response"), ("monitoring_prometheus", "service"),
    }  # fmt: skip


def test_every_rule_says_which_model_its_absence_limits() -> None:
    assert [rule.series for rule in load_catalogue().rules if not rule.limits] == []


def test_an_own_file_replaces_a_series_and_nothing_else(tmp_path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(RULE)
    own = load_catalogue(path)
    assert [rule.exporter for rule in own.of("requests")] == ["own"]
    assert own.of("request_seconds") == load_catalogue().of("request_seconds")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('kind = "counter"', 'kind = "sum"'), "kind = 'sum': must be one of counter, gauge"),
        (('label = "plant"', 'tag = "plant"'), "label: is missing"),
        (('label = "plant"', 'label = "plant"\nunit = "s"'), "unit: unknown key"),
        (("plant_requests_total", "rate(plant_requests_total[5m])"), "without functions or ranges"),
        (('["plant_requests_total"]', "[]"), "at least one"),
        (('measures = "service"', 'pattern = "(x)"'), "no group named tenant"),
        (('measures = "service"', "scale = 0"), "scale = 0: must be a number above 0"),
        (('exporter = "own"', ""), "needs exporter"),
        (('exporter = "own"', "exporter = own"), "own.toml"),
    ],
)
def test_a_wrong_catalogue_is_named(change, said) -> None:
    with pytest.raises(ValueError, match=r"own\.toml") as caught:
        read_rules("own.toml", RULE.replace(*change))
    assert said in str(caught.value)


def test_every_error_of_a_catalogue_comes_at_once() -> None:
    with pytest.raises(ValueError, match=r"own\.toml") as caught:
        read_rules("own.toml", RULE.replace("counter", "x").replace('"tenant"', '"y"'))
    assert len(str(caught.value).splitlines()) == 2
