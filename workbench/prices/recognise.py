"""Which format a price file has, told by what stands in it and never by its name."""

import re
from enum import StrEnum
from io import BytesIO
from pathlib import Path

import ijson

from pricing.book_rows import REQUIRED
from workbench.prices.imported import PriceFileError

_LOOK_BYTES = 64_000


class Format(StrEnum):
    """Formats of price files."""

    OWN = "csv"
    AZURE_RETAIL = "azure-retail"
    AWS_BULK = "aws-bulk"
    AWS_JSON = "aws-json"
    AWS_SAVINGS_PLANS = "aws-savings-plans"
    GCP_CATALOGUE = "gcp-catalogue"
    GCP_PRICING_YML = "gcp-pricing-yml"
    HETZNER_API = "hetzner-api"
    OPENCOST_JSON = "opencost-json"
    OPENCOST_CSV = "opencost-csv"


NAMES = {
    Format.OWN: f"our CSV (columns {', '.join(REQUIRED)} …)",
    Format.AZURE_RETAIL: "Azure Retail Prices JSON",
    Format.AWS_BULK: "an AWS bulk CSV",
    Format.AWS_JSON: "AWS price list JSON",
    Format.AWS_SAVINGS_PLANS: "AWS Savings Plans JSON",
    Format.GCP_CATALOGUE: "Google Cloud Billing Catalog JSON",
    Format.GCP_PRICING_YML: "a pricing.yml for Google Cloud",
    Format.HETZNER_API: "Hetzner's /v1/pricing JSON",
    Format.OPENCOST_JSON: "OpenCost's default prices (JSON)",
    Format.OPENCOST_CSV: "OpenCost's node prices (CSV)",
}
_SIGNS = {
    ("products", "start_map"): Format.AWS_JSON,
    ("terms.OnDemand", "start_map"): Format.AWS_JSON,
    ("products", "start_array"): Format.AWS_SAVINGS_PLANS,
    ("terms.savingsPlan", "start_array"): Format.AWS_SAVINGS_PLANS,
    ("skus", "start_array"): Format.GCP_CATALOGUE,
    ("item.skus", "start_array"): Format.GCP_CATALOGUE,
    ("item.skuId", "string"): Format.GCP_CATALOGUE,
    ("pricing", "start_map"): Format.HETZNER_API,
    ("CPU", "string"): Format.OPENCOST_JSON,
    ("RAM", "string"): Format.OPENCOST_JSON,
}
_AZURE = frozenset({"Items", "item.Items", "item.retailPrice"})
_GOOGLE_YAML = re.compile(r"^(?:about|compute|storage|region):\s*$", re.MULTILINE)


def recognise(path: Path) -> Format:
    """Return the format of a file, or raise PriceFileError listing those that are read."""
    with path.open("rb") as file:
        start = file.read(_LOOK_BYTES).removeprefix(b"\xef\xbb\xbf")
    found = _json_format(start) if start.lstrip()[:1] in {b"{", b"["} else _text_format(start.decode("utf-8", errors="replace"))
    if found is None:
        raise PriceFileError(f"{path}: none of {', '.join(NAMES.values())}: what is it?")
    return found


def _json_format(start: bytes) -> Format | None:
    try:
        for prefix, event, _ in ijson.parse(BytesIO(start)):
            found = Format.AZURE_RETAIL if prefix in _AZURE else _SIGNS.get((prefix, event))
            if found:
                return found
    except ijson.JSONError:
        return None
    return None


def _text_format(start: str) -> Format | None:
    first = {cell.strip().strip('"') for cell in start.partition("\n")[0].split(",")}
    if "offer" in first or {"region", "unit", "price"} <= first:
        return Format.OWN
    if {"AssetClass", "MarketPriceHourly"} <= first:
        return Format.OPENCOST_CSV
    if '"SKU"' in start or "\nSKU," in start or start.startswith("SKU,"):
        return Format.AWS_BULK
    return Format.GCP_PRICING_YML if _GOOGLE_YAML.search(start) else None
