"""The bill of a plan: a line for every part, every hour of labour, in exact decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np

from models.topology.resources import Driver, Layer
from pricing.bill import Bill, Block, Item, Line, make_line
from pricing.exchange import ExchangeRate, rate_for
from pricing.gaps import PriceGap
from pricing.offers import split_region
from pricing.price import Price, PriceKind, Purchase
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.labour import environment_hours, pool_hours, restore_machine_hours, restore_test_hours
from workbench.pipeline.parts import HOUR, BoughtPart, decimal_of
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.sizer import Sizer, exchange_rates
from workbench.pipeline.sizing.metered import LOG_BYTES, traffic_gb
from workbench.study.estate import Study, Tenant

HOURS_PER_MONTH = Decimal(730)
METRIC_SERIES = 2000
"""Metric series of a tenant's stack: exporters, ingress and containers; a belief until counted."""
SCRAPE_S = 30
"""Seconds between two scrapes."""


@dataclass(frozen=True, slots=True, eq=False)
class Biller:
    """Prices parts and labour in the study's currency."""

    factory: PoolFactory
    rates: tuple[ExchangeRate, ...]
    tenants: Mapping[str, Tenant]

    @property
    def sizer(self) -> Sizer:
        """What the pools were sized by."""
        return self.factory.sizer

    @property
    def study(self) -> Study:
        """The study whose rules hold."""
        return self.sizer.study

    def bill(self, plan: Plan) -> Bill:
        """Return the bill of a plan over its horizon."""
        lines: list[Line] = []
        for pool in plan.pools:
            lines += self.factory.of_pool("bill", pool, partial(self._pool_lines, pool))
        lines += self.factory.once(("environments", plan.name), partial(self._environment_lines, plan))
        lines += self.factory.once(("observability",), self._observability_lines)
        return Bill(tuple(lines), self.study.horizon_months, self.study.money.currency)

    def _pool_lines(self, pool: Pool) -> list[Line]:
        lines: list[Line] = []
        for number, part in enumerate(self._split_commitments(pool)):
            lines += self._part_lines(pool, part, number)
        hours = pool_hours(self.study, pool.layer)
        if hours:
            lines.append(self._labour_line(f"{pool.name}/labour", pool, hours, "work on the pool: patches, watch, releases"))
        if pool.layer == Layer.DATABASE:
            policies = [self.study.policy_of(self.tenants[name]) for name in self._names(pool)]
            tests = restore_test_hours(self.study, max(policy.backup.restore_tests_per_year for policy in policies))
            if tests:
                lines.append(self._labour_line(f"{pool.name}/restore-tests", pool, tests, "restore tests"))
            lines += self._restore_machine(pool, max(policy.backup.restore_tests_per_year for policy in policies))
        if pool.layer == Layer.BACKUP:
            lines += self._disaster_copy(pool)
        return lines

    def _restore_machine(self, pool: Pool, tests_per_year: float) -> list[Line]:
        """Return the machine that a copy is restored to for each test, by the hour; on own machines it stands there anyhow."""
        hours = restore_machine_hours(tests_per_year)
        machine = next((part for part in pool.parts if part.unit == HOUR and part.role == "primary"), None)
        if not hours or machine is None or not self.sizer.book.has(machine.offer_id, self.sizer.rates.region, HOUR):
            return []
        part = BoughtPart(
            machine.offer_id, "machine of restore tests", 1, HOUR, Decimal(1), 0, self.study.horizon_months - 1, hours / HOURS_PER_MONTH
        )
        return self._machine_lines(pool, part, f"{pool.name}/restore-machine", "machine of restore tests")

    def _names(self, pool: Pool) -> tuple[str, ...]:
        names = self.factory.sizer.rows.names
        return tuple([names[i] for i in pool.tenants])

    def _item(
        self, key: str, pool: Pool, description: str, block: Block = Block.INFRASTRUCTURE, reason: str = "", region: str = ""
    ) -> Item:
        environment = "production" if pool.production else "non-production"
        return Item(key, block, str(pool.layer), pool.name, self._names(pool), environment, description, reason, region)

    def _part_lines(self, pool: Pool, part: BoughtPart, number: int) -> list[Line]:
        key = f"{pool.name}/{number}-{part.offer_id}"
        description = f"{part.instances} × {part.role}" if part.unit == HOUR else part.role
        if part.unit != HOUR:
            return [self._metered_line(pool, part, key, description)]
        return self._machine_lines(pool, part, key, description)

    def _region(self, part: BoughtPart) -> str:
        away = self.study.platform.disaster_region
        return away if part.elsewhere and away is not None else self.sizer.rates.region

    def _metered_line(self, pool: Pool, part: BoughtPart, key: str, description: str) -> Line:
        offer, region, unit = part.offer_id, self._region(part), part.unit
        price = self.factory.once(("price", offer, region, unit), lambda: self.sizer.book.find(offer, region, unit))
        quantity = part.quantity * part.instances if isinstance(price, PriceGap) else price.billable(part.quantity, part.instances)
        return self._line(self._item(key + "/" + part.unit, pool, f"{description}, {part.unit}"), price, quantity, part)

    def _machine_lines(self, pool: Pool, part: BoughtPart, key: str, description: str) -> list[Line]:
        hours = HOURS_PER_MONTH * part.awake_share
        bought = part.purchase or Purchase.ON_DEMAND
        term = self.study.purchase.commit_term_months if bought == Purchase.COMMITTED else None
        asked = (part.offer_id, self._region(part), hours, bought, term)
        rents = self.factory.once(("rents", *asked), lambda: self.sizer.book.rents(*asked[:3], purchase=bought, term_months=term))
        if isinstance(rents, PriceGap):
            return [self._line(self._item(key, pool, description), rents, hours * part.instances, part)]
        return [
            self._line(
                self._item(f"{key}/{rent.price.component or index}", pool, description),
                rent.price,
                rent.units_per_month * part.instances,
                part,
            )
            for index, rent in enumerate(rents)
        ]

    def _line(self, item: Item, price: Price | PriceGap, quantity: Decimal, part: BoughtPart) -> Line:
        currency = self.study.money.currency if isinstance(price, PriceGap) else price.currency
        return make_line(
            item,
            price,
            quantity,
            exchange=rate_for(self.rates, currency, self.study.money.currency),
            horizon_months=self.study.horizon_months,
            instances=part.instances,
            first_month=part.first_month,
            last_month=part.last_month,
        )

    def _split_commitments(self, pool: Pool) -> list[BoughtPart]:
        """Return the parts with the machines that run all the time bought for a term, where the rule asks for it and a price exists."""
        share = self.study.purchase.commit_share
        last = self.study.horizon_months - 1
        parts: list[BoughtPart] = []
        for key in dict.fromkeys((part.offer_id, part.role) for part in pool.parts if part.unit == HOUR):
            group = [part for part in pool.parts if part.unit == HOUR and (part.offer_id, part.role) == key]
            parts += self._committed(group, share, last)
        return [*parts, *(part for part in pool.parts if part.unit != HOUR)]

    def _committed(self, group: list[BoughtPart], share: Decimal | str, last: int) -> list[BoughtPart]:
        first = group[0]
        months = {month for part in group for month in range(part.first_month, part.last_month + 1)}
        always = len(months) == last + 1 and first.awake_share == 1 and first.purchase is None
        stable = min(part.instances for part in group) if always else 0
        count = stable if share == "stable" else int(stable * Decimal(share))
        term = self.study.purchase.commit_term_months
        if count == 0 or not self._sold_for(first, term):
            return group
        bound = BoughtPart(
            first.offer_id, first.role, count, HOUR, first.quantity, 0, last, elsewhere=first.elsewhere, purchase="committed"
        )
        rest = [
            BoughtPart(p.offer_id, p.role, p.instances - count, HOUR, p.quantity, p.first_month, p.last_month, elsewhere=p.elsewhere)
            for p in group
            if p.instances > count
        ]
        return [bound, *rest]

    def _sold_for(self, part: BoughtPart, term: int) -> bool:
        offer, region, book = part.offer_id, self._region(part), self.sizer.book
        found = self.factory.once(
            ("committed", offer, region, term), lambda: book.rents(offer, region, purchase=Purchase.COMMITTED, term_months=term)
        )
        return not isinstance(found, PriceGap)

    def _labour_line(self, key: str, pool: Pool, hours: Decimal, description: str) -> Line:
        return self._line(self._item(key, pool, description, Block.LABOUR), self._labour(), hours, self._whole())

    def _labour(self) -> Price:
        return self.factory.once(("labour",), self._labour_price)

    def _labour_price(self) -> Price:
        study = self.study
        return Price(
            "own/labour", "*", "hour", study.labour.per_hour, study.money.currency,
            kind=PriceKind.QUOTE, as_of=study.as_of, source="study.toml [labour]",
        )  # fmt: skip

    def _whole(self) -> BoughtPart:
        return BoughtPart("own/labour", "labour", 1, HOUR, Decimal(1), 0, self.study.horizon_months - 1)

    def _environment_lines(self, plan: Plan) -> list[Line]:
        """Return a line of labour for every tenant from the month it exists."""
        lines = []
        factors = self.sizer.demand.factors[list(Driver).index(Driver.REQUESTS)]
        for index, name in enumerate(self.sizer.rows.names):
            tenant = self.tenants[name]
            hours = environment_hours(self.study, regulated=tenant.regulated)
            alive = np.flatnonzero(factors[index, : self.study.horizon_months] > 0)
            if not hours or not len(alive):
                continue
            item = Item(
                f"environment/{name}", Block.LABOUR, str(Layer.PLATFORM), plan.name, (name,), tenant.environment, "work on the environment"
            )
            part = BoughtPart("own/labour", "labour", 1, HOUR, Decimal(1), int(alive[0]), int(alive[-1]))
            lines.append(self._line(item, self._labour(), hours, part))
        return lines

    def _observability_lines(self) -> list[Line]:
        """Return logs and metrics of the whole estate, shared in every topology."""
        names = self.sizer.rows.names
        rate = self.sizer.traffic(np.ones((1, len(names)), bool))[0]
        samples = Decimal(METRIC_SERIES * len(names)) * HOURS_PER_MONTH * 3600 / SCRAPE_S / 1_000_000
        lines = []
        meters = (
            (self.sizer.offers.logs, "GB", decimal_of(float(traffic_gb(rate, LOG_BYTES).mean()))),
            (self.sizer.offers.metrics, "request-million", samples),
        )
        for offer, unit, quantity in meters:
            if offer is not None:
                item = Item(
                    f"observability/{offer.id}", Block.INFRASTRUCTURE, str(Layer.OBSERVABILITY), "observability", names, "", str(offer.kind)
                )
                lines.append(self._line(item, self.sizer.book.find(offer.id, self.sizer.rates.region, unit), quantity, self._whole()))
        return lines

    def _disaster_copy(self, pool: Pool) -> list[Line]:
        """Return one more copy of production backups in the disaster region."""
        away = self.study.platform.disaster_region
        if away is None or not pool.production:
            return []
        lines = []
        for number, part in enumerate(part for part in pool.parts if part.unit == "GiB-month"):
            price = self.sizer.book.find(part.offer_id, away, part.unit)
            item = self._item(f"{pool.name}/disaster-copy-{number}", pool, "copies in the disaster region", region=split_region(away))
            lines.append(self._line(item, price, part.quantity * part.instances, part))
        return lines


def make_biller(factory: PoolFactory) -> Biller:
    """Return the biller of a study."""
    study = factory.sizer.study
    return Biller(factory, exchange_rates(study), {tenant.name: tenant for tenant in study.tenants})
