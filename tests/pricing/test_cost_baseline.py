"""A small estate priced with the bundled book: any change of a price, a unit or the arithmetic shows here as a difference."""

from decimal import Decimal

from pricing.bill import Bill
from pricing.price import Price, Purchase

REGION = "azure/westeurope"
HOURS = Decimal(730)


def estate(azure, dollars, line):
    def bought(key, price, quantity, **how):
        return line(price, quantity, key=key, exchange=dollars, **how)

    workers = azure.price("azure/D8s_v5", REGION, "hour")
    database = azure.price("azure/E16s_v5", REGION, "hour", purchase="committed", term_months=12)
    disk = {unit: azure.price("azure/premium-ssd-v2", REGION, unit) for unit in ("GiB-month", "IOPS-month", "MBps-month")}
    own = Price("own/moving", "*", "once", Decimal(2500), "USD", purchase=Purchase.QUOTE)
    return Bill(
        (
            bought("workers", workers, 3 * HOURS),
            bought("workers, month 6", workers, HOURS, first_month=6),
            bought("database", database, 2 * HOURS, instances=2),
            bought("disk", disk["GiB-month"], disk["GiB-month"].billable(Decimal(1024), 2)),
            bought("iops", disk["IOPS-month"], disk["IOPS-month"].billable(Decimal(9000), 2)),
            bought("mbps", disk["MBps-month"], disk["MBps-month"].billable(Decimal(250), 2)),
            bought("snapshots", azure.price("azure/snapshot-standard", REGION, "GiB-month"), 1500),
            bought("backup", azure.price("azure/blob-cool", REGION, "GiB-month"), 12_000),
            bought("moving", own, 1, block="one_off"),
        ),
        18,
        "EUR",
    )


def test_cost_baseline(azure, dollars, line):
    bill = estate(azure, dollars, line)
    assert {row.line_key: str(row.monthly_cost) for row in bill.lines} == {
        "workers": "906.66",
        "workers, month 6": "302.22",
        "database": "1080.45",
        "disk": "174.92",
        "iops": "63.07",
        "mbps": "10.68",
        "snapshots": "67.50",
        "backup": "108.00",
        "moving": "0.00",
    }
    assert (str(bill.monthly_cost), str(bill.total_cost), str(bill.committed_beyond)) == ("2713.50", "49279.68", "6482.70")


def test_order_of_lines_changes_no_total(azure, dollars, line):
    bill = estate(azure, dollars, line)
    turned = Bill(bill.lines[::-1], 18, "EUR")
    assert (turned.monthly_cost, turned.total_cost, turned.paid_by_month()) == (bill.monthly_cost, bill.total_cost, bill.paid_by_month())


def test_more_of_anything_never_costs_less(azure, dollars, line):
    price = azure.price("azure/D8s_v5", REGION, "hour")
    costs = [line(price, quantity, exchange=dollars).horizon_cash for quantity in range(0, 3000, 7)]
    assert costs == sorted(costs)
