"""The guided start: answers as they are written, what they lead to, and the study they make."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from pricing.book_csv import bundled_books
from workbench.commands.init import DRIVER_TABLES, ROLE, InitOptions, Started, init
from workbench.commands.looking import Looked, Reading, look, readings
from workbench.pipeline.session import Progress
from workbench.sources.labels import LabelRule
from workbench.sources.postgres import driver_grants, grant_statements
from workbench.study.starter import StarterPlatform

ANYWHERE = "*"
DATABASE_LABEL = "datname"


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody wrote; every field may be empty but the folder."""

    folder: str = ""
    name: str = ""
    prometheus: str = ""
    """URL."""
    label: str = ""
    """Label that `pattern` is for."""
    pattern: str = ""
    """Regular expression with a group `tenant`; empty: as it seems."""
    postgres: str = ""
    """libpq service."""
    region: str = field(default_factory=lambda: StarterPlatform().region)
    currency: str = field(default_factory=lambda: StarterPlatform().currency)

    @property
    def rule(self) -> LabelRule | None:
        """How a label names tenants; None: as it seems. Raises ValueError for a pattern that is none."""
        return LabelRule(self.label or None, self.pattern) if self.pattern else None


def looked(answers: Answers, now_ms: int) -> Looked:
    """Return what the Prometheus shows; raises ValueError or SourceError with what to change."""
    if not answers.prometheus:
        raise ValueError("Prometheus has no address yet: write one such as http://prometheus:9090")
    return look(answers.prometheus, now_ms, answers.rule)


def reading(seen: Looked, answers: Answers) -> tuple[Reading, ...]:
    """Return whom the labels name under the pattern as it is written now, without asking the server again."""
    return readings(seen.values, answers.rule or seen.rule)


def grants(seen: Looked) -> tuple[str, ...]:
    """Return the SQL that lets a role read what is read and no more, for the databases that Prometheus names."""
    databases = sorted(seen.values.get(DATABASE_LABEL, ()))
    return (*grant_statements(ROLE, databases), *driver_grants(ROLE, DRIVER_TABLES))


def regions() -> tuple[str, ...]:
    """Return the regions that the price books know, as a study writes them."""
    book = bundled_books()
    return tuple(sorted({f"{offer.id.partition('/')[0]}/{offer.region}" for offer in book.offers if offer.region != ANYWHERE}))


def write(answers: Answers, now_ms: int, progress: Progress) -> Started:
    """Write the study; raises ValueError with what to change and writes nothing then."""
    if not answers.folder:
        raise ValueError("the study has no folder yet: write a new or empty one such as ./study")
    if answers.region not in regions() and not answers.region.startswith("own/"):
        raise ValueError(
            f"region {json.dumps(answers.region)} is in no price book: choose {', '.join(regions())}, or own/… with offers.csv"
        )
    options = InitOptions(
        folder=Path(answers.folder).expanduser(),
        now_ms=now_ms,
        name=answers.name or None,
        prometheus=answers.prometheus or None,
        postgres=answers.postgres or None,
        rule=answers.rule,
        platform=StarterPlatform(answers.region, answers.currency.upper()),
    )
    return init(options, progress)
