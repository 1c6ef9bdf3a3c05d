"""What the loss of a domain does now: who, how long, what it costs, who cares, what survives."""

from math import isinf

from workbench.pipeline.show_loss import Care, LossNow
from workbench.pipeline.show_survivors import Response, Survivor
from workbench.pipeline.show_takeover import Takeover
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.reasons import names_text
from workbench.views.text import about, figures, hours, resource_name, seconds, share, words

ENDLESS = "never"
NOT_SAID = "the study does not say: owner and runbook of the pool in topologies/current.toml"


def lost_table(loss: LossNow, currency: str) -> Table:
    """Return one sheet of what the loss of a domain does now."""
    columns = (Column("what", f"{loss.topology}: {loss.domain} is lost now", align=Align.LEFT), Column("value", "", align=Align.LEFT))
    down = names_text(loss.tenants) if loss.tenants else "nobody: the rest carries them"
    mark = ASSUMED if loss.route.assumed else ""
    rows = [
        Row("tenants", (words("down"), words(down))),
        Row("users", (words("users without a system"), words(f"{loss.users:,d}, {share(loss.users_share).text} of production users"))),
        Row("outage", (words("expected to be back in"), Cell(loss.route.outage_h, hours(loss.route.outage_h).text, "h", mark=mark))),
        *_steps(loss),
        *_money(loss, currency),
        *_care(loss.care),
        *_objectives(loss),
        *(row for one in loss.survivors for row in _survivor(one)),
        *([] if loss.takeover is None else _takeover(loss.takeover)),
    ]
    notes = [f"downtime cost unknown, loss not counted: {names_text(loss.unpriced)}"] if loss.unpriced else []
    assumed = [f"{ASSUMED}: believed, not tested; [failures] and [recovery] hold it"] if loss.route.assumed else []
    return Table("", columns, tuple(rows), (*notes, *assumed, f"money in {currency}; loads of this month's busiest hour"))


def _steps(loss: LossNow) -> list[Row]:
    rows = [Row(f"step {i}", (words(f"  {i}. {step}"), hours(taken))) for i, (step, taken) in enumerate(loss.route.steps, 1)]
    if loss.route.otherwise:
        chance = f"planned: works {share(loss.route.works).text} of the time; else"
        rows.append(Row("otherwise", (words(f"  {chance}"), hours(loss.route.worst_h))))
        rows += [Row(f"else {i}", (words(f"     {i}. {step}"), hours(taken))) for i, (step, taken) in enumerate(loss.route.otherwise, 1)]
    return rows


def _money(loss: LossNow, currency: str) -> list[Row]:
    found = []
    for hour, amount, rate in loss.lost if loss.tenants else ():
        text = about(amount, currency)
        then = "" if rate is None else f", then {about(rate, currency).text} an hour"
        found.append(Row(f"lost {hour:g}", (words(f"lost after {hours(hour).text}"), Cell(text.value, f"{text.text}{then}", currency))))
    return found


def _care(care: tuple[Care, ...]) -> list[Row]:
    if not care:
        return [Row("owner", (words("owner and runbook"), words(f"? ({NOT_SAID})")))]
    rows = []
    for place, one in enumerate(care):
        today = " (of today's pool)" if one.as_today else ""
        rows.append(Row(f"owner {place}", (words("owner"), words(f"{one.owner}{today}"))))
        rows.append(Row(f"runbook {place}", (words("runbook"), words(one.runbook or "? (none written down)"))))
    return rows


def _objectives(loss: LossNow) -> list[Row]:
    broken = [one for one in loss.objectives if one.kept is False]
    kept = len(loss.objectives) - len(broken)
    rows = [Row("objectives", (words("recovery objectives"), words(f"{kept} kept, {len(broken)} broken")))] if loss.objectives else []
    for one in broken:
        text = f"{hours(one.allowed_h).text} allowed, {hours(one.takes_h).text} as planned, broken by: {one.step}"
        rows.append(Row(f"broken {one.tenant} {one.process} {one.what}", (words(f"  {one.process}: {one.what} broken"), words(text))))
    risky = [one for one in loss.objectives if one.chance > 0]
    if risky:
        text = f"{len(risky)} of those kept, with {share(max(one.chance for one in risky)).text}: the standby does not take over"
        rows.append(Row("chance", (words("  may break all the same"), words(text))))
    return rows


def _survivor(one: Survivor) -> list[Row]:
    before = "" if one.headroom is None else f"{share(one.headroom).text} → "
    room = f"headroom {before}{share(one.headroom_after).text} {resource_name(one.resource)}"
    rows = [Row(f"survivor {one.pool}", (words(f"stays up: {one.pool}"), words(room)))]
    if one.before is not None:
        text = f"{_response(one.before)} → {'nothing left' if one.after is None else _response(one.after)}"
        rows.append(Row(f"p95 {one.pool}", (words("  p95, machines"), words(text))))
    if one.after is not None:
        text = (
            f"{share(one.after.answered).text} of requests, accept queue overflows in {share(one.after.overflow_in_an_hour).text} of hours"
        )
        rows.append(Row(f"answered {one.pool}", (words("  within the objective then"), words(text))))
    return rows


def _response(one: Response) -> str:
    return f"{seconds(one.p95_s).text} on {one.replicas}"


def _takeover(found: Takeover) -> list[Row]:
    rows = []
    cold = found.cache
    if isinstance(cold, str):
        rows.append(Row("cold", (words("cold cache of the standby"), words(cold))))
    else:
        limit = "cap ?" if cold.limit_iops is None else f"cap {figures(cold.limit_iops)}"
        first = (
            f"{figures(cold.first_iops[0])} to {figures(cold.first_iops[1])} IOPS of reads at first, {figures(cold.steady_iops)} once warm"
        )
        fits = "may be too many" if cold.fits is None and cold.limit_iops is not None else _fits(cold.fits)
        rows.append(Row("cold", (words("cold cache of the standby"), words(f"{first} ({limit}): {fits}"))))
        warm = ENDLESS if isinf(cold.warm_after_s) else hours(cold.warm_after_s / 3600).text
        rows.append(Row("warm", (words("  warm again after"), words(warm))))
    if found.reconnects is not None:
        one = found.reconnects
        limit = "cap ?" if one.limit is None else f"cap {figures(one.limit)}"
        text = f"{figures(one.usual)} connections at once, {figures(one.worst)} at most ({limit}): {_fits(one.fits)}"
        rows.append(Row("reconnect", (words("workers reconnect"), words(text))))
    return rows


def _fits(fits: bool | None) -> str:
    return {True: "fits", False: "TOO MANY", None: "not checked"}[fits]
