"""Quantiles of the standard normal law."""

QUANTILE_95 = 1.6448536269514722
"""Its 95 % quantile: half of a 90 % interval in standard errors."""
QUANTILE_99 = 2.3263478740408408
"""Its 99 % quantile."""
