"""What was paid for what runs today."""

from decimal import Decimal

from pricing.exchange import convert, rate_for
from workbench.pipeline.sizer import exchange_rates
from workbench.study.estate import Study


def last_invoice(study: Study) -> Decimal | None:
    """Return the last invoice of what runs today in the study's currency; None if the study has none."""
    for topology in study.topologies:
        if topology.name == "current" and topology.invoice is not None:
            into = study.money.currency
            rate = rate_for(exchange_rates(study), topology.invoice.currency, into)
            return convert(topology.invoice.amount, rate)
    return None
