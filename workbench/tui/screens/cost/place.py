"""The panels of the screen "cost"."""

from workbench.tui.place import Leaf, Place

COST = Place(
    "cost",
    "Cost",
    5,
    (
        Leaf(
            "layers",
            "table",
            "Bill by layer",
            "The bill of the last month of the horizon, layer by layer, for every topology. h and l choose which one the others show.",
            "topology",
            "column",
        ),
        Leaf(
            "cash",
            "chart",
            "Cash flow",
            "What is paid in each month of the horizon, by kind. A step up is a purchase; a spike is a fee due at once.",
        ),
        Leaf(
            "years",
            "table",
            "Fiscal years",
            "Cash of each fiscal year against its budget, with the range over joint demand paths and the probability that the year is "
            "overspent. A year that the horizon cuts holds only the months within it.",
        ),
        Leaf(
            "horizon",
            "table",
            "Over the horizon",
            "What is paid and what is used up, what stays bound when the horizon ends, and the net present value where the study has a "
            "[money] discount_rate.",
        ),
        Leaf(
            "terms",
            "table",
            "Bought for a term",
            "Each commitment with its break-even (its price over that of an hour: from that share of the time on it pays), how much of it "
            "joint paths use, the level that would cost least, and the risk that it outlives the need.",
        ),
        Leaf(
            "difference",
            "table",
            "Difference",
            "The chosen topology against another one, offer by offer, or, with edits, against the study as it is written, line by line. "
            "c changes what it is compared with.",
        ),
        Leaf(
            "payers",
            "table",
            "Bill by tenant",
            "Who pays: the bill divided by the study's rule (peak, use or even). It sums to the bill to the cent.",
        ),
        Leaf(
            "environments",
            "table",
            "Beside production",
            "What staging, test and training cost, the dearest first, and which of them nobody uses. Asleep, machines cost nothing.",
        ),
        Leaf("lines", "table", "Lines", "Every line of the bill of the chosen topology with its price, date and source."),
    ),
    "bill",
)
