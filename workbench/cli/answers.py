"""Which function answers which verb."""

from argparse import Namespace
from collections.abc import Callable, Mapping

from workbench.cli import forecasting, planning, pricing, serving, supplying


def answer(options: Namespace) -> int:
    """Answer a verb and return the exit code."""
    return _ANSWERS[options.verb](options)


_ANSWERS: Mapping[str, Callable[[Namespace], int]] = {
    "open": planning.open_terminal,
    "compare": planning.answer_compare,
    "bill": planning.answer_bill,
    "risk": planning.answer_risk,
    "fit": planning.answer_fit,
    "forecast": forecasting.answer_forecast,
    "size": planning.answer_size,
    "record": planning.answer_record,
    "changes": planning.answer_changes,
    "init": supplying.answer_init,
    "collect": supplying.answer_collect,
    "snapshot": supplying.answer_snapshot,
    "import": supplying.answer_import,
    "check": supplying.answer_check,
    "prices": pricing.answer_prices,
    "serve": serving.answer_serve,
}
