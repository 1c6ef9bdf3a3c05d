"""Size pools: from demand of a group of tenants to instances per purchase step, layer by layer."""
