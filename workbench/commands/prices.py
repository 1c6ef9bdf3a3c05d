"""`prices list`, `prices check`, `prices import`: what a study's price book holds, what to doubt, bring in a file."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pricing.book_csv import load_book
from workbench.exports.documents import json_text
from workbench.pipeline.prices import OWN_OFFERS, study_book
from workbench.pipeline.session import Progress
from workbench.prices.check import Finding, check_book
from workbench.prices.files import import_prices, write_book_file
from workbench.prices.imported import LeftOut
from workbench.prices.listing import BookRegion, list_book
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class PriceImportOptions:
    """Which file."""

    file: Path
    as_of: date | None = None
    """Day of the download, where the file does not say it."""


@dataclass(frozen=True, slots=True)
class PricesImported:
    """What came in."""

    file: Path
    """The study's offers.csv."""
    prices: int
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]


def list_prices(study: Study) -> tuple[BookRegion, ...]:
    """Return a row for each provider and region of the study's price book."""
    return list_book(study_book(study))


def check_prices(study: Study, today: date) -> tuple[Finding, ...]:
    """Return what is doubtful about the prices of the study's regions, on its `as_of` or the day given."""
    regions = [region for region in (study.platform.region, study.platform.disaster_region) if region]
    return check_book(study_book(study), study.as_of or today, regions)


def import_price_file(study: Study, options: PriceImportOptions, progress: Progress) -> PricesImported:
    """Bring a price file into the study's own offers.csv; prices that were there stay unless the file has newer ones."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    progress(f"reading {options.file.name}", 0.0)
    imported = import_prices(options.file, study_book(study), options.as_of)
    target = study.folder / OWN_OFFERS
    book = load_book(target).merge(imported.book) if target.exists() else imported.book
    write_book_file(target, book)
    progress("imported", 1.0)
    return PricesImported(target, len(imported.book.prices), imported.left_out, imported.warnings)


def listed_json(regions: tuple[BookRegion, ...]) -> str:
    """Return the regions as a document."""
    return json_text({"books": list(regions)})


def doubts_json(findings: tuple[Finding, ...]) -> str:
    """Return the doubts as a document."""
    return json_text({"findings": list(findings)})
