"""What a cash flow is worth today."""

from decimal import Decimal

from pricing.fiscal import net_present_value
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result


def present_value(comparison: Comparison, result: Result) -> Decimal | None:
    """Return the net present value of a topology's cash, study currency; None without a discount rate or while a price is missing."""
    rate = comparison.factory.sizer.study.money.discount_rate
    paid = [amount for amount in result.bill.paid_by_month() if amount is not None]
    if rate is None or result.total_cost is None or len(paid) != comparison.horizon_months:
        return None
    return net_present_value(paid, rate)
