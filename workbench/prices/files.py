"""Price files on disk: which format a file has, reading it, and writing a book so that a crash leaves the old one."""

import os
import tempfile
from datetime import date
from pathlib import Path

from pricing.book import PriceBook
from pricing.book_csv import read_book, write_book
from pricing.book_rows import REQUIRED
from workbench.prices.aws_bulk import read_aws_bulk
from workbench.prices.azure_retail import read_azure_retail
from workbench.prices.imported import Imported, PriceFileError

_LOOK_BYTES = 64_000


def import_prices(path: Path, known: PriceBook, as_of: date | None = None) -> Imported:
    """Return the book of a price file: our CSV, Azure Retail Prices JSON, or an AWS bulk CSV, told apart by content.

    `known` supplies limits that a provider's file does not state; `as_of` is the day of the download where the file has none.
    Raises BookError (our CSV, every problem with its line), PriceFileError, or OSError.
    """
    start = _start(path)
    source = path.name
    if start.lstrip().startswith(("{", "[")):
        return read_azure_retail(_text(path), source, as_of, known)
    if _is_own(start):
        book = read_book(_text(path), str(path))
        return Imported(book, "csv", len(book.prices))
    if '"SKU"' in start or "\nSKU," in start or start.startswith("SKU,"):
        return read_aws_bulk(path, source, known)
    raise PriceFileError(
        f"{path}: neither our CSV (columns {', '.join(REQUIRED)} …) nor Azure Retail Prices JSON nor an AWS bulk CSV: what is it?"
    )


def write_book_file(path: Path, book: PriceBook) -> None:
    """Write the book beside its place and move it there, so that a reader sees the old file or the new one, never half of it."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(write_book(book))
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


def _start(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LOOK_BYTES).decode("utf-8-sig", errors="replace")


def _is_own(start: str) -> bool:
    header = {cell.strip().strip('"') for cell in start.partition("\n")[0].split(",")}
    return "offer" in header or {"region", "unit", "price"} <= header


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PriceFileError(f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8") from None
