"""The six screens: their panels, what each shows, and the manual that `?` opens."""

from workbench.tui.place import Kind, Leaf, Place
from workbench.tui.screens.cost.place import COST

__all__ = ["COST", "DEMAND", "ESTATE", "PLACES", "RISK", "SIZING", "TOPOLOGIES", "Kind", "Leaf", "Place", "place_named"]

ESTATE = Place(
    "estate",
    "Estate",
    1,
    (
        Leaf(
            "tenants",
            "table",
            "Tenants",
            "Every tenant of the study with the state of its history: span, share of hours that are known, what it uses now. The small "
            "picture is the busiest hour of each week, from zero. A gap is an outage or a missing stretch, never low demand.\n"
            "Move with j and k; the other panels follow. / filters, m moves the tenant to another pool, n and N walk on from any panel.",
            "tenant",
        ),
        Leaf("load", "chart", "Load", "Requests per second of the chosen tenant as history has them: the busiest hour of each day."),
        Leaf(
            "sources",
            "table",
            "Sources",
            "Where samples come from, how far each one reaches and what it warned of. r collects what is new and can be stopped with esc; "
            "what was read stays. Nothing is ever written to a source.",
        ),
        Leaf(
            "health",
            "text",
            "Health of the data",
            "What the figures of all screens have to be doubted for: gaps, limits nobody gave, prices that are old or assumed.",
        ),
    ),
    "check",
)
DEMAND = Place(
    "demand",
    "Demand",
    2,
    (
        Leaf(
            "tenants",
            "table",
            "Whose demand",
            "All tenants together, a pool of the chosen topology (it has a limit), or one tenant (it has none of its own).",
            "subject",
        ),
        Leaf(
            "fan",
            "chart",
            "Forecast",
            "What was (busiest hour of each day) and what may come (largest demand of each month over joint sample paths): median, the "
            "middle half, and 90 %. Bands are pointwise: the largest demand of a year is not the largest of its quantiles. A solid line "
            "is the limit of what is bought; below the axis is when it is reached if nothing more is bought.",
        ),
        Leaf("resources", "table", "Resources", "Which resource is shown, in its own unit.", "resource"),
        Leaf(
            "growth",
            "table",
            "Drivers and growth",
            "What grows for business reasons: rate a month with its 90 % interval, on what it rests (its own history, business drivers, "
            "a belief), steps that were found, which candidates carry the paths, what share of the growth never slows down, and for how "
            "many days ahead past origins checked it. Below: what month ends and holidays do to requests.",
        ),
        Leaf("season", "chart", "Usual week", "Mean demand of each hour of the week over that of the busiest, in the tenants' own time."),
        Leaf(
            "why", "text", "Why", "The sentence behind the chart: what binds, how fast it grows, what is missing and what to do about it."
        ),
        Leaf(
            "unusual",
            "table",
            "Unusual in the history",
            "Gaps, outages, restarts, saturated days, level shifts and episodes: what explains them and what became of them in the fit. "
            "t says what the stretch under the cursor was: a one-off, an outage, a planned shutdown, or normal after all. The forecast "
            "follows, z takes it back, S keeps it in a scenario; the block for study.toml is shown, which is never written by itself. "
            "On the chart: × left out, ◆ came back, ● new level, ■ saturated, ○ normal as you said.",
            "unusual",
        ),
        Leaf(
            "backtest",
            "chart",
            "Backtest",
            "What forecasts from past days stated against what came: b computes it. Across: the stated probability that a limit is "
            "reached; up: how often it was. On the slope both agree; between the bands lies what chance explains. Its table, with "
            "coverage and loss against two baselines, is in e and y.",
        ),
    ),
    "forecast",
)
SIZING = Place(
    "sizing",
    "Sizing",
    3,
    (
        Leaf(
            "pools", "table", "Worker pools", "Pools of workers of the chosen topology, with response and use in the busiest hour.", "pool"
        ),
        Leaf(
            "response",
            "chart",
            "Response against rate",
            "50, 95 and 99 % quantiles of the response over the requests a second, for the machines and workers that are set: what is "
            "planned, how far the objective is kept, and how far the accept queue holds. Beyond the second bound connections are dropped "
            "and a pool may not recover by itself. y copies the sizes around it as a table.",
        ),
        Leaf(
            "knobs",
            "knobs",
            "Knobs",
            "Turn a knob with h and l (or the arrow keys): every step is an edit of the scenario, z takes it back. Nothing is written. "
            "Charts answer at once from the models; what is marked old waits for the plan, which follows in the background.",
            "knob",
        ),
        Leaf(
            "size",
            "chart",
            "Cost and use by workers",
            "The fewest machines of this kind that keep both bounds, for numbers of workers on each: what they cost a month on demand, and "
            "how busy their workers are. A gap: no number of machines is enough.",
        ),
        Leaf(
            "heat", "chart", "Use by hour and weekday", "Largest share of busy workers in each hour of the week, in the tenants' own time."
        ),
        Leaf("ladder", "table", "From mean to bought", "How a mean load becomes what is bought, step by step, and what each step costs."),
        Leaf(
            "database",
            "chart",
            "Database",
            "Device reads of the database server of today in its busiest hour, over the size of its cache: the measured point, and the "
            "range between the two laws of reading that pass through it. The solid line is what its volume and machine allow.",
        ),
        Leaf(
            "cache",
            "chart",
            "Cache",
            "Memory of the session cache of today from empty: keys live a time to live, so it saturates. Measured is the most of the last "
            "weeks; beyond what is usable sessions are evicted, which logs people out.",
        ),
        Leaf("why", "text", "Why", "Why the focused panel shows what it shows: what binds, what was assumed, what the data leave open."),
    ),
    "size",
)
TOPOLOGIES = Place(
    "topologies",
    "Topologies",
    4,
    (
        Leaf(
            "figures",
            "table",
            "Side by side",
            "The same study sized for every topology under one basis. * marks the best of a row, and only where the paired difference is "
            "clear; a marks what rests on an assumption; ? is unknown, not zero. Choose a topology with h and l; w says "
            "where the figure under the cursor comes from.",
            "topology",
            "column",
        ),
        Leaf(
            "frontier",
            "chart",
            "Cost and risk",
            "The sum a month against the largest share of users that one failure takes down. What lies left and below another choice is "
            "better in both. f searches the best split under ever tighter limits on the users of a shared pool: the line; ◆ is its knee. "
            "e writes its table, with who moves at each step.",
        ),
        Leaf(
            "tree",
            "tree",
            "Pools",
            "Layers, pools and tenants of the chosen topology: cost a month, headroom, what binds, what it is built from. enter opens, m "
            "moves the tenant under the cursor to another pool.",
            "pool",
        ),
        Leaf(
            "why",
            "text",
            "Recommendation",
            "What to run and what would change that; then why the plan is as it is: what binds, what forbids sharing, how well the hybrid "
            "is proven. T keeps the pools shown as a file of the study.",
        ),
        Leaf(
            "changes",
            "table",
            "What would change it",
            "The margin of the recommended topology over the next choice with ten per cent less and more of each input, and the multiple "
            "of today's value at which another one is cheaper; in brackets one that cannot be chosen anyway. f varies growth as well.",
        ),
    ),
    "compare",
)
RISK = Place(
    "risk",
    "Risk",
    6,
    (
        Leaf(
            "domains",
            "table",
            "Failure domains",
            "What goes down together: how often, for how long, how many users, what it costs a year. x loses the chosen one now.",
            "domain",
        ),
        Leaf("heat", "chart", "Domain by tenant", "Expected hours a year that each domain takes down each tenant."),
        Leaf(
            "loss",
            "table",
            "Loss and blast radius",
            "How much a year's outages cost: not the mean alone, but how bad a bad year is; and what one event takes down.",
        ),
        Leaf(
            "year",
            "chart",
            "What a year's outages cost",
            "Years by what their outages cost, by convolution of all domains: p50 is a usual year, one year in 20 is worse than p95.",
        ),
        Leaf(
            "objectives",
            "table",
            "Recovery objectives missed",
            "Which process of which tenant is not back, or loses more data, than it allows, and the step with which its time runs out.",
        ),
        Leaf(
            "neighbours",
            "table",
            "Noisy neighbours",
            "Shared pools by the probability to run over in their worst month, on joint paths. A culprit's leaving makes it less likely; a "
            "victim would meet it though it did nothing.",
        ),
        Leaf(
            "windows",
            "table",
            "Change windows",
            "Hours of the week in which every tenant of a pool is quiet and inside its window. A pool without one comes first, with the "
            "fewest tenants that keep it apart.",
        ),
        Leaf(
            "rates",
            "table",
            "Failure rates",
            "Failures a year of one instance as believed, and after the incident log was counted (gamma posterior), with 90 % ranges.",
        ),
        Leaf(
            "incidents", "table", "Incident pattern", "The incident log by kind: how many, how long, whom, when, and what no rate counts."
        ),
    ),
    "risk",
)
PLACES = (ESTATE, DEMAND, SIZING, TOPOLOGIES, COST, RISK)


def place_named(name: str) -> Place:
    """Return the screen of that name, or raise ValueError naming the known ones."""
    for place in PLACES:
        if place.name == name:
            return place
    raise ValueError(f"no screen {name!r}: choose one of {', '.join(place.name for place in PLACES)}")
