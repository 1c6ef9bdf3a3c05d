"""The traps of provider price lists: per-hour storage, included quantities, steps, tiers, two directions."""

from decimal import Decimal

import pytest

from pricing.commitments import effective_hourly
from pricing.tiers import split_by_tier
from pricing.volumes import volume_caps

HOURS = Decimal(730)


def test_premium_ssd_v2_is_listed_per_hour_and_priced_per_month_of_730_hours(azure):
    gib = azure.price("azure/premium-ssd-v2", "westeurope", "GiB-month")
    iops = azure.price("azure/premium-ssd-v2", "westeurope", "IOPS-month")
    mbps = azure.price("azure/premium-ssd-v2", "westeurope", "MBps-month")
    assert gib.amount == Decimal("0.00013") * HOURS
    assert iops.amount == Decimal("0.000008") * HOURS
    assert mbps.amount == Decimal("0.000065") * HOURS
    assert gib.original == "0.00013 per 1 GiB/Hour"


def test_included_iops_belong_to_each_volume_not_to_the_fleet(azure):
    iops = azure.price("azure/premium-ssd-v2", "westeurope", "IOPS-month")
    mbps = azure.price("azure/premium-ssd-v2", "westeurope", "MBps-month")
    assert iops.billable(Decimal(4000), 10) == 10_000
    assert iops.billable(Decimal(40_000), 1) == 37_000
    assert iops.billable(Decimal(3000), 10) == 0
    assert iops.billable(Decimal(100), 10) == 0
    assert mbps.included == 125


def test_premium_ssd_v2_caps_grow_with_size(azure):
    offer = azure.offer("azure/premium-ssd-v2", "westeurope")
    assert volume_caps(offer, Decimal(6)).iops == 3000
    assert volume_caps(offer, Decimal(8)).iops == 4000
    assert volume_caps(offer, Decimal(160)).iops == 80_000
    assert volume_caps(offer, Decimal(500)).iops == 80_000
    assert volume_caps(offer, Decimal(500), Decimal(3000)).bytes_per_s == 750 * 10**6
    assert volume_caps(offer, Decimal(500), Decimal(20_000)).bytes_per_s == 2000 * 10**6


def test_volume_outside_its_sizes_is_refused(azure, everything):
    with pytest.raises(ValueError, match="65536 GiB"):
        volume_caps(azure.offer("azure/premium-ssd-v2", "westeurope"), Decimal(70_000))
    with pytest.raises(ValueError, match="from 400 GiB to unknown"):
        volume_caps(everything.offer("aws/rds-gp3-400", "us-east-1"), Decimal(100))


def test_unknown_caps_stay_unknown(azure):
    caps = volume_caps(azure.offer("azure/standard-ssd-e10-lrs", "westeurope"), Decimal(128))
    assert caps.iops is None
    assert caps.bytes_per_s is None


def test_rds_baseline_steps_up_at_400_gb(everything):
    small = everything.offer("aws/rds-gp3", "us-east-1")
    assert volume_caps(small, Decimal(399)).iops == 3000
    with pytest.raises(ValueError, match="399 GiB"):
        volume_caps(small, Decimal(400))
    assert everything.price("aws/rds-gp3-400", "us-east-1", "IOPS-month").included == 12_000
    assert not everything.has("aws/rds-gp3", "us-east-1", "IOPS-month")


def test_gp3_throughput_is_per_mebibyte_although_listed_per_gibibyte(everything):
    assert everything.price("aws/gp3", "eu-west-1", "MBps-month").amount == Decimal("0.044")


def test_reservation_total_is_for_the_term_not_for_an_hour(azure):
    (row,) = (price for price in azure.prices if price.offer_id == "azure/D48_v4" and price.term_months == 12)
    assert row.upfront > 10_000
    assert row.amount == 0
    assert Decimal(1) < effective_hourly(row) < Decimal(3)


def test_all_upfront_reservation_gives_back_its_effective_hour(everything):
    paid = everything.price("aws/m6i.xlarge", "us-east-1", "month", purchase="committed", term_months=12, payment="all_upfront")
    assert paid.amount == 0
    assert effective_hourly(paid) == Decimal("0.118493")


def test_elasticache_memory_is_what_the_node_offers_minus_what_is_reserved(everything):
    node = everything.offer("aws/redis-r7g.large", "eu-central-1")
    gib = Decimal(2**30)
    assert node.limit("redis_memory") == (Decimal("13.07") * gib * Decimal("0.75")).quantize(Decimal(1))
    assert node.number("node_memory_bytes") < 16 * gib


def test_valkey_costs_a_fifth_less_than_redis(everything):
    redis = everything.price("aws/redis-r7g.large", "eu-central-1", "hour").amount
    assert everything.price("aws/valkey-r7g.large", "eu-central-1", "hour").amount == redis * Decimal("0.8")


def test_zone_transfer_is_priced_per_direction(everything):
    assert everything.price("aws/zone-transfer", "eu-central-1", "GB").amount == Decimal("0.01")
    assert "twice" in everything.offer("aws/zone-transfer", "eu-central-1").description


def test_egress_tiers_count_over_the_account_not_per_tenant(everything):
    tiers = everything.tiers("aws/egress", "eu-central-1", "GB")
    fleet = split_by_tier(tiers, Decimal(20_480))
    assert [(part.quantity, part.price.amount) for part in fleet] == [(10_240, Decimal("0.09")), (10_240, Decimal("0.085"))]
    alone = split_by_tier(tiers, Decimal(2048))
    assert sum(part.quantity * part.price.amount for part in fleet) < 10 * sum(part.quantity * part.price.amount for part in alone)


def test_tiers_keep_the_whole_quantity(everything):
    tiers = everything.tiers("aws/egress", "eu-central-1", "GB")
    for quantity in (0, 1, 10_240, 10_241, 51_200, 200_000):
        assert sum(part.quantity for part in split_by_tier(tiers, Decimal(quantity))) == quantity
    with pytest.raises(ValueError, match="starts at 0"):
        split_by_tier(tiers[1:], Decimal(1))


def test_burstable_machines_count_what_they_keep_up(azure):
    burstable = azure.offer("azure/B4s_v2", "westeurope")
    assert burstable.number("vcpu") == 4
    assert burstable.limit("cpu") == Decimal("1.6")


def test_every_bundled_price_says_its_source_and_original(everything):
    assert all(price.source and price.original for price in everything.prices)
    assert {price.currency for price in everything.prices} == {"USD", "EUR"}
    assert all(price.as_of is None or price.as_of.year >= 2020 for price in everything.prices)


def test_machines_of_the_study_regions_have_limits_and_both_prices(azure):
    for region in ("westeurope", "northeurope"):
        machines = azure.offers_matching(("azure/D*s_v5", "azure/E*s_v5", "azure/*_v6"), region, kind="machine")
        assert len(machines) > 40
        for machine in machines:
            assert all(machine.limit(name) for name in ("cpu", "memory", "postgres_iops", "postgres_throughput")), machine.id
            assert machine.limits_source
            on_demand = azure.price(machine.id, region, "hour").amount
            assert azure.price(machine.id, region, "hour", purchase="committed", term_months=12).amount < on_demand


def test_only_traffic_to_the_internet_is_egress(everything):
    assert {offer.id for offer in everything.offers if offer.kind == "egress"} == {"aws/egress"}


def test_included_traffic_in_tebibytes_is_counted_in_gigabytes(everything):
    extra = everything.price("hetzner/ccx33", "fsn1", "GB")
    assert extra.included == Decimal(30) * 2**40 / 10**9
    assert extra.amount == Decimal("0.001")
    assert extra.billable(Decimal(40_000), 1) == Decimal(40_000) - extra.included
