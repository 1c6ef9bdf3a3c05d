"""The miss curve: through the observed point, falling, and true on measured runs."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.postgres_io import PAGE_BYTES, Stratum, effective_pages, fit_cache, misses_in_shared_cache

MIB_PAGES = 1024 * 1024 // PAGE_BYTES
PAIRS = [(f"D2_32_{run}", f"D2_128_{run}") for run in ("warm2", "r50", "r200", "r500")]
PAIRS += [("D3_32_zipfwarm", "D3_128_zipfwarm"), ("D3_32_zipf", "D3_128_zipf")]


def _ratio(row):
    return int(row["blocks_read"]) / (int(row["blocks_read"]) + int(row["blocks_hit"]))


def _pages(row):
    return int(row["shared_buffers"].removesuffix("MB")) * MIB_PAGES


@pytest.mark.parametrize(("seen", "kept"), PAIRS + [(kept, seen) for seen, kept in PAIRS])
def test_interval_at_the_other_cache_size_holds_the_measured_ratio(pgbench_runs, seen, kept):
    seen, kept = pgbench_runs[seen], pgbench_runs[kept]
    (fit,) = fit_cache([Stratum(int(seen["database_bytes"]) / PAGE_BYTES, 1000.0, _ratio(seen))], _pages(seen))
    predicted = fit.miss_ratio(_pages(kept))
    assert predicted.holds(_ratio(kept))
    assert predicted.high / predicted.low <= 2


STRATA = st.builds(Stratum, st.floats(100, 1e6), st.floats(0.1, 1e5), st.floats(0.001, 0.999))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(STRATA, st.floats(0.02, 0.95))
def test_curve_passes_through_the_point_and_falls(stratum, part):
    cache = stratum.pages * part
    (fit,) = fit_cache([stratum], cache)
    seen = fit.miss_ratio(cache)
    assert seen.low == pytest.approx(stratum.miss_ratio, rel=1e-3)
    assert seen.high == pytest.approx(stratum.miss_ratio, rel=1e-3)
    ratios = [fit.miss_ratio(cache * factor) for factor in (0.25, 0.5, 1, 2, 4, 1e6)]
    for smaller, larger in itertools.pairwise(ratios):
        assert larger.low <= smaller.low + 1e-9
        assert larger.high <= smaller.high + 1e-9


def test_everything_cached_leaves_only_scans():
    (fit,) = fit_cache([Stratum(1000.0, 50.0, 0.3)], 100.0)
    assert fit.misses_per_s(1000.0).high == 0
    (scanned,) = fit_cache([Stratum(1000.0, 50.0, 0.98)], 500.0)
    assert scanned.misses_per_s(1000.0).low == pytest.approx(50 * 0.96, rel=0.01)


def test_no_miss_says_nothing_about_a_smaller_cache():
    (fit,) = fit_cache([Stratum(10_000.0, 50.0, 0.0)], 4000.0)
    half = fit.miss_ratio(2000.0)
    assert half.low == 0
    assert half.high == pytest.approx(0.5)
    assert any(reason.code == "no_data" for reason in fit.reasons)


def test_tenants_seen_sharing_a_cache_keep_their_own_ratios_in_it():
    strata = [Stratum(96_000, 1000.0, 0.05), Stratum(200_000, 300.0, 0.2), Stratum(5000, 2000.0, 0.001)]
    fits = fit_cache(strata, 32_768)
    for stratum, found in zip(strata, misses_in_shared_cache(fits, [1, 1, 1], 32_768), strict=True):
        assert found.mid == pytest.approx(stratum.reads_per_s * stratum.miss_ratio, rel=1e-6)


def test_pooling_caches_never_reads_more_than_the_same_pages_split_evenly_between_equals():
    fits = [fit_cache([Stratum(50_000, 100.0, 0.2)], 4000)[0] for _ in range(3)]
    pooled = misses_in_shared_cache(fits, [1, 1, 1], 12_000)
    for one, fit in zip(pooled, fits, strict=True):
        assert one.mid == pytest.approx(fit.misses_per_s(4000).mid, rel=1e-3)


def test_a_busy_neighbour_takes_pages_from_a_quiet_tenant():
    fits = [fit_cache([Stratum(50_000, 100.0, 0.2)], 4000)[0] for _ in range(2)]
    even = misses_in_shared_cache(fits, [1, 1], 8000)[0]
    crowded = misses_in_shared_cache(fits, [1, 20], 8000)[0]
    assert crowded.low > even.low
    assert crowded.high > even.high


def test_two_caches_hold_between_the_larger_and_the_sum():
    both = effective_pages(1000, 3000)
    assert (both.low, both.high) == (3000, 4000)


@pytest.mark.parametrize("arguments", [(0, 1, 0.5), (10, 0, 0.5), (10, 1, 1.5), (float("nan"), 1, 0.5)])
def test_impossible_strata_are_refused(arguments):
    with pytest.raises(ValueError, match="give"):
        Stratum(*arguments)


def test_an_empty_cache_or_no_stratum_is_refused():
    with pytest.raises(ValueError, match="cache_pages"):
        fit_cache([Stratum(10, 1, 0.5)], 0)
    with pytest.raises(ValueError, match="strata"):
        fit_cache([], 10)
