"""Price files on disk: which format a file has, reading it, and writing a book so that a crash leaves the old one."""

import os
import tempfile
from datetime import date
from pathlib import Path

from pricing.book import PriceBook
from pricing.book_csv import read_book, write_book
from workbench.prices.aws_bulk import read_aws_bulk
from workbench.prices.aws_json import read_aws_json
from workbench.prices.aws_savings_plans import read_savings_plans
from workbench.prices.azure_retail import read_azure_retail
from workbench.prices.gcp_catalogue import read_gcp_catalogue
from workbench.prices.gcp_pricing_yml import read_gcp_pricing_yml
from workbench.prices.hetzner_api import read_hetzner_api
from workbench.prices.imported import Imported, PriceFileError
from workbench.prices.opencost import read_opencost_csv, read_opencost_json
from workbench.prices.recognise import Format, recognise


def import_prices(path: Path, known: PriceBook, as_of: date | None = None) -> Imported:
    """Return the book of a price file in any format of `workbench.prices.recognise`, told apart by content.

    `known` supplies limits that a provider's file does not state, machines that it only prices in parts, and SKUs to join to; `as_of` is
    the day of the download where the file has none. Raises BookError (our CSV, every problem with its line), PriceFileError, or OSError:
    a file is taken as a whole or not at all.
    """
    found, source = recognise(path), path.name
    if found in _LINES:
        _check_end(path)
    try:
        if found is Format.OWN:
            book = read_book(_text(path), str(path))
            return Imported(book, found, len(book.prices))
        return _read_foreign(found, path, source, as_of, known)
    except UnicodeDecodeError as error:
        raise PriceFileError(f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8") from None


_LINES = frozenset({Format.AWS_BULK, Format.OPENCOST_CSV, Format.GCP_PRICING_YML})


def _read_foreign(found: Format, path: Path, source: str, as_of: date | None, known: PriceBook) -> Imported:
    match found:
        case Format.AZURE_RETAIL:
            return read_azure_retail(path, source, as_of, known)
        case Format.AWS_BULK:
            return read_aws_bulk(path, source, known)
        case Format.AWS_JSON:
            return read_aws_json(path, source, known)
        case Format.AWS_SAVINGS_PLANS:
            return read_savings_plans(path, source, known)
        case Format.GCP_CATALOGUE:
            return read_gcp_catalogue(path, source, as_of, known)
        case Format.GCP_PRICING_YML:
            return read_gcp_pricing_yml(path, source, as_of, known)
        case Format.HETZNER_API:
            return read_hetzner_api(path, source, as_of, known)
        case Format.OPENCOST_CSV:
            return read_opencost_csv(path, source, as_of, known)
        case _:
            return read_opencost_json(path, source, as_of)


def _check_end(path: Path) -> None:
    """Lines are whole only if the last one ends: half a number is a number too."""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            raise PriceFileError(f"{path}: the last line has no line break: is the file cut off? If not, end it with one")


def write_book_file(path: Path, book: PriceBook) -> None:
    """Write the book beside its place and move it there, so that a reader sees the old file or the new one, never half of it.

    What could not be read again is not written: BookError says what it is.
    """
    text = write_book(book)
    read_book(text, str(path))
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")
