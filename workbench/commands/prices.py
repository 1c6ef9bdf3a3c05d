"""`prices list`, `prices check`, `prices import`: what a study's price book holds, what to doubt, bring in a file."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pricing.book import PriceBook
from pricing.book_csv import load_book
from pricing.offers import ANYWHERE, split_region
from workbench.exports.csv_dialects import DIALECTS, csv_text
from workbench.exports.documents import json_text
from workbench.pipeline.prices import OWN_OFFERS, study_book
from workbench.pipeline.session import Progress
from workbench.prices.check import Finding, check_book
from workbench.prices.files import import_prices, write_book_file
from workbench.prices.imported import LeftOut
from workbench.prices.listing import BookRegion, PriceRow, Wanted, list_book, list_prices_of
from workbench.prices.needs import Needs, check_needs
from workbench.study.atomic import write_whole
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class PriceImportOptions:
    """Which file."""

    file: Path
    as_of: date | None = None
    """Day of the download, where the file does not say it."""
    valid_from: date | None = None
    """Day from which the prices hold, where the file does not say it."""
    applies_to: str = ""
    """new (orders and rescales), existing (what already runs), or empty: both."""
    regions: tuple[str, ...] = ()
    """Only these and what holds everywhere; empty: all that the file has."""


@dataclass(frozen=True, slots=True)
class PriceListOptions:
    """Which prices; what is empty restricts nothing."""

    today: date
    provider: str = ""
    region: str = ""
    service: str = ""
    """Kind of offer, such as machine."""
    older_than_days: float | None = None
    csv: Path | None = None
    """Where to write a row for each price."""
    dialect: str = "machine"


@dataclass(frozen=True, slots=True)
class PricesListed:
    """What the book holds."""

    books: tuple[BookRegion, ...]
    prices: tuple[PriceRow, ...] | None
    """None: nothing in particular was asked for."""


@dataclass(frozen=True, slots=True)
class PricesChecked:
    """What to doubt, and whether figures can be had at all."""

    findings: tuple[Finding, ...]

    @property
    def answered(self) -> bool:
        """Whether no error was found."""
        return not any(one.is_error for one in self.findings)


@dataclass(frozen=True, slots=True)
class PricesImported:
    """What came in."""

    file: Path
    """The study's offers.csv."""
    format: str
    """As which the file was read."""
    prices: int
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    conflicts: tuple[str, ...]
    """Prices that the file gives twice, or that replace others of the study's offers.csv."""


def list_prices(study: Study, options: PriceListOptions) -> PricesListed:
    """Return a row for each provider and region of the study's price book, or each price asked for; write a CSV if asked to.

    Ages are counted on the study's `as_of`, else on the day given.
    """
    book, wanted = study_book(study), Wanted(options.provider, options.region, options.service, options.older_than_days)
    prices = list_prices_of(book, wanted, study.as_of or options.today)
    if options.csv is not None:
        if options.dialect not in DIALECTS:
            raise ValueError(f"no dialect {options.dialect!r}: choose one of {', '.join(DIALECTS)}")
        write_whole(options.csv, csv_text(PriceRow, prices, DIALECTS[options.dialect]))
    return PricesListed(list_book(book), prices if wanted.restricts else None)


def check_prices(study: Study, today: date) -> PricesChecked:
    """Return what is doubtful about the prices of the study's regions, on its `as_of` or the day given, and what they lack for it."""
    book, regions = study_book(study), _regions(study)
    return PricesChecked((*check_needs(book, _needs(study, regions)), *check_book(book, study.as_of or today, regions)))


def _regions(study: Study) -> tuple[str, ...]:
    return tuple(region for region in (study.platform.region, study.platform.disaster_region) if region)


def _needs(study: Study, regions: tuple[str, ...]) -> Needs:
    return Needs(
        regions=regions,
        patterns=study.platform.offers,
        currency=study.money.currency,
        rates=frozenset(exchange.currency for exchange in study.money.exchange),
        horizon_months=study.horizon_months,
        commit_months=study.purchase.commit_term_months if study.purchase.commit_share else None,
    )


def import_price_file(study: Study, options: PriceImportOptions, progress: Progress) -> PricesImported:
    """Bring a price file into the study's own offers.csv; prices that were there stay unless the file has newer ones."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    progress(f"reading {options.file.name}", 0.0)
    imported = import_prices(options.file, study_book(study), options.as_of)
    fresh, target = _holding(_within(imported.book, options.regions), options), study.folder / OWN_OFFERS
    book = load_book(target).merge(fresh) if target.exists() else fresh
    if fresh.prices:
        write_book_file(target, book)
    progress("imported", 1.0)
    conflicts = tuple(conflict.message for conflict in book.conflicts)
    nothing = () if fresh.prices else (f"{options.file.name} holds no price that is read: nothing was written",)
    warnings = (*imported.warnings, *nothing, *_unknown_rates(study, fresh))
    return PricesImported(target, imported.format, len(fresh.prices), imported.left_out, warnings, conflicts)


def _within(book: PriceBook, regions: tuple[str, ...]) -> PriceBook:
    """Return the part of a book in some regions; ValueError names those it does not have."""
    if not regions:
        return book
    wanted, known = {split_region(region) for region in regions}, {price.region for price in book.prices}
    if wanted - known:
        there = ", ".join(sorted(known)) or "none"
        raise ValueError(f"no prices of {', '.join(sorted(wanted - known))} in the file: it has {there}; nothing was written")
    kept = wanted | {ANYWHERE}
    return PriceBook(
        tuple(offer for offer in book.offers if offer.region in kept),
        tuple(price for price in book.prices if price.region in kept),
        tuple(conflict for conflict in book.conflicts if conflict.kept.region in kept),
    )


def _holding(book: PriceBook, options: PriceImportOptions) -> PriceBook:
    """Return the book with since when and for whom its prices hold, where they do not say so themselves."""
    prices = tuple(
        replace(price, valid_from=price.valid_from or options.valid_from, applies_to=price.applies_to or options.applies_to)
        for price in book.prices
    )
    return PriceBook(book.offers, prices, book.conflicts)


def _unknown_rates(study: Study, book: PriceBook) -> tuple[str, ...]:
    """The file is right, the study lacks a rate: said at once, an error where figures are asked for."""
    rated = {exchange.currency for exchange in study.money.exchange} | {study.money.currency}
    unknown = sorted({price.currency for price in book.prices} - rated)
    return tuple(
        f"prices are in {currency}, the study has no rate from {currency} to {study.money.currency}: "
        f"add {currency} to [money] exchange in study.toml, with its date and source"
        for currency in unknown
    )


def listed_json(listed: PricesListed) -> str:
    """Return the regions as a document, or the prices if certain ones were asked for."""
    return json_text({"books": listed.books} if listed.prices is None else {"prices": listed.prices})


def doubts_json(checked: PricesChecked) -> str:
    """Return the doubts as a document."""
    return json_text({"answered": checked.answered, "findings": list(checked.findings)})
