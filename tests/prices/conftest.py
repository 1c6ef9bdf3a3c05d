import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pricing.book import PriceBook
from pricing.book_csv import bundled_books
from workbench.study.estate import Study
from workbench.study.toml import read_study


@pytest.fixture(scope="session")
def known() -> PriceBook:
    return bundled_books("azure", "aws")


@pytest.fixture
def azure_item() -> Callable[..., dict[str, object]]:
    def build(**changes: object) -> dict[str, object]:
        return {
            "currencyCode": "EUR",
            "tierMinimumUnits": 0.0,
            "retailPrice": 0.217,
            "unitPrice": 0.217,
            "armRegionName": "westeurope",
            "location": "EU West",
            "effectiveStartDate": "2021-11-01T00:00:00Z",
            "meterName": "D4s v5",
            "productName": "Virtual Machines Dsv5 Series",
            "skuName": "Standard_D4s_v5",
            "serviceName": "Virtual Machines",
            "serviceFamily": "Compute",
            "unitOfMeasure": "1 Hour",
            "type": "Consumption",
            "isPrimaryMeterRegion": True,
            "armSkuName": "Standard_D4s_v5",
            **changes,
        }

    return build


@pytest.fixture
def azure_file(tmp_path: Path) -> Callable[..., Path]:
    def write(*items: dict[str, object], next_page: str | None = None) -> Path:
        path = tmp_path / "retail.json"
        path.write_text(json.dumps({"Items": list(items), "NextPageLink": next_page, "Count": len(items)}))
        return path

    return write


AWS_COLUMNS = [
    *("SKU", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency"),
    *("LeaseContractLength", "PurchaseOption", "OfferingClass", "Product Family", "Location", "Region Code", "Instance Type"),
    *("vCPU", "Memory", "Operating System", "Tenancy", "Pre Installed S/W", "CapacityStatus", "Volume API Name", "usageType"),
    *("operation", "Database Engine", "Deployment Option", "Cache Engine"),
]
PREAMBLE = (
    '"FormatVersion","v1.0"\n"Disclaimer","This pricing list is for informational purposes only."\n'
    '"Publication Date","2026-09-01T10:00:00Z"\n"Version","20260901100000"\n"OfferCode","AmazonEC2"\n'
)


@pytest.fixture
def aws_row() -> Callable[..., dict[str, str]]:
    def build(**changes: str) -> dict[str, str]:
        return {
            "SKU": "ABC",
            "TermType": "OnDemand",
            "StartingRange": "0",
            "EndingRange": "Inf",
            "Unit": "Hrs",
            "PricePerUnit": "0.2140000000",
            "Currency": "USD",
            "Product Family": "Compute Instance",
            "Location": "Europe (Ireland)",
            "Region Code": "eu-west-1",
            "Instance Type": "m6i.xlarge",
            "vCPU": "4",
            "Memory": "16 GiB",
            "Operating System": "Linux",
            "Tenancy": "Shared",
            "Pre Installed S/W": "NA",
            "CapacityStatus": "Used",
            "operation": "RunInstances",
            **{key.replace("_", " "): value for key, value in changes.items()},
        }

    return build


@pytest.fixture
def aws_file(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: dict[str, str], preamble: str = PREAMBLE, columns: list[str] = AWS_COLUMNS) -> Path:
        path = tmp_path / "index.csv"
        lines = [",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows]
        header = ",".join(f'"{column}"' for column in columns)
        path.write_text(preamble + "\n".join([header, *lines]) + "\n")
        return path

    return write


@pytest.fixture(scope="session")
def every_book() -> PriceBook:
    return bundled_books()


@pytest.fixture
def json_file(tmp_path: Path) -> Callable[..., Path]:
    def write(document: object, name: str = "prices.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(document, indent=1))
        return path

    return write


STUDY = """\
format = 1
[study]
name = "Prices"
as_of = 2026-10-31
horizon = "18 months"
[money]
currency = "EUR"
{exchange}
[platform]
region = "azure/westeurope"
offers = [{offers}]
[purchase]
commit = {{ share = {share}, term = "{term}", payment = "monthly" }}
[policy.production]
response = {{ share = 0.95, within = "800 ms" }}
[[tenants]]
name = "leipzig"
plants = [{{ name = "Leipzig", users = 220 }}]
environment = "production"
"""


@pytest.fixture
def price_study(tmp_path: Path) -> Callable[..., Study]:
    def write(exchange: bool = True, offers: str = '"azure/D4s_v5"', share: str = "0", term: str = "1 year") -> Study:
        folder = tmp_path / "study"
        folder.mkdir()
        rate = 'exchange = { USD = 0.90, date = 2026-10-30, source = "test" }' if exchange else ""
        (folder / "study.toml").write_text(STUDY.format(exchange=rate, offers=offers, share=share, term=term))
        return read_study(folder)

    return write
