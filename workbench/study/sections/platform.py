"""[platform] and [limits]: where everything runs, the same for every topology compared."""

from workbench.study.estate import Platform
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.values import one_of, share, text


def read_platform(section: Section) -> Platform:
    """Return regions, kind of machines and the offers that may be used."""
    section.require("region", 'region = "azure/westeurope"')
    return Platform(
        region=section.read("region", _region, "?"),
        disaster_region=section.read("disaster_region", _region, None),
        runs_on=section.read("runs_on", one_of("machines", "kubernetes", "hosted"), "machines"),
        database=section.read("database", one_of("self-run", "managed"), "self-run"),
        cache=section.read("cache", one_of("self-run", "managed"), "self-run"),
        offers=section.listed("offers", text),
    )


def read_users_limit(section: Section) -> float | None:
    """Return the largest share of users that one pool may take down, or None when nothing is said."""
    return section.read("users_share", share, None)


def _region(value: object) -> str:
    found = text(value)
    provider, _, region = found.partition("/")
    if not provider or not region:
        raise RuleError("needs a provider and a region", 'e.g. "azure/westeurope" or "own/plant-leipzig"')
    return found
