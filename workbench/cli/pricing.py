"""The verb prices: list, check, import."""

from argparse import Namespace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.cli.finding import opened_study
from workbench.cli.narration import progress_line, say
from workbench.cli.planning import show, show_document, show_tables
from workbench.views.cell import Align, Column, Row, Table
from workbench.views.text import count, day, unit_price, words

if TYPE_CHECKING:
    from workbench.commands.prices import PricesListed

ANSWERED, NOT_MET = 0, 1
_SHOWN_CONFLICTS = 20


def answer_prices(options: Namespace) -> int:
    """List, check or import prices."""
    return {"list": _list, "check": _check, "import": _import}[options.prices_verb](options)


def _list(options: Namespace) -> int:
    from workbench.commands.prices import PriceListOptions, list_prices, listed_json

    chosen = PriceListOptions(
        datetime.now(UTC).date(), options.provider, options.region, options.service, options.older_than, options.csv, options.dialect
    )
    found = list_prices(opened_study(options), chosen)
    if options.csv is not None:
        say(f"wrote {options.csv}")
    if options.json:
        show_document(listed_json(found))
    else:
        show_tables(_books(found) if found.prices is None else _prices(found))
    return ANSWERED


def _books(found: "PricesListed") -> Table:
    columns = (_text("provider"), _text("region"), Column("offers", "offers"), Column("prices", "prices"), _text("oldest"), _text("newest"),
               Column("undated", "undated"), _text("currency"), _text("kinds"))  # fmt: skip
    rows = tuple(
        Row(
            f"{one.provider}/{one.region}",
            (
                words(one.provider), words(one.region), count(one.offers), count(one.prices), day(one.oldest, "undated"),
                day(one.newest, "undated"), count(one.undated), words(", ".join(one.currencies)), words(", ".join(one.kinds)),
            ),
        )
        for one in found.books
    )  # fmt: skip
    return Table("price books", columns, rows)


def _prices(found: "PricesListed") -> Table:
    columns = (_text("offer"), _text("region"), _text("unit"), Column("price", "price"), _text("currency"), _text("purchase"),
               Column("upfront", "upfront"), Column("from", "from"), _text("seen"), _text("valid from"), _text("source"))  # fmt: skip
    rows = tuple(
        Row(
            str(number),
            (
                words(one.offer), words(one.region), words(one.unit), unit_price(one.price, one.currency), words(one.currency),
                words(" ".join(part for part in (one.purchase, str(one.term_months or ""), one.payment, one.applies_to) if part)),
                unit_price(one.upfront, one.currency), unit_price(one.tier_from, ""), words(one.as_of), day(one.valid_from, ""),
                words(one.source),
            ),
        )
        for number, one in enumerate(found.prices or ())
    )  # fmt: skip
    return Table("prices", columns, rows, () if rows else ("none",))


def _check(options: Namespace) -> int:
    from workbench.commands.prices import check_prices, doubts_json

    found = check_prices(opened_study(options), datetime.now(UTC).date())
    if options.json:
        show_document(doubts_json(found))
    else:
        rows: tuple[Row, ...] = tuple(
            Row(str(i), (words("error" if one.is_error else "warning"), words(str(one.doubt)), words(one.text)))
            for i, one in enumerate(found.findings)
        )
        show_tables(Table("doubts about prices", (_text("severity"), _text("doubt"), _text("what")), rows, () if rows else ("none",)))
    return ANSWERED if found.answered else NOT_MET


def _import(options: Namespace) -> int:
    from workbench.commands.prices import PriceImportOptions, import_price_file

    chosen = PriceImportOptions(options.file, options.as_of, options.valid_from, options.applies_to, tuple(options.region))
    found = import_price_file(opened_study(options), chosen, progress_line())
    show(f"{found.file}: {found.prices:,d} prices, read as {found.format}\n")
    for left in found.left_out:
        say(f"{left.rows:,d} rows left out: {left.reason}")
    for text in (*found.warnings, *found.conflicts[:_SHOWN_CONFLICTS]):
        say(text)
    if len(found.conflicts) > _SHOWN_CONFLICTS:
        say(f'{len(found.conflicts):,d} prices replaced in all: "workbench prices check" lists those that differ from the packaged books')
    return ANSWERED


def _text(key: str) -> Column:
    return Column(key, key, align=Align.LEFT)
