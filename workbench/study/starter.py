"""The starter study: commented text files to change, never written over anything."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from workbench.study.atomic import write_whole
from workbench.study.drafts import draft_toml, source_toml, tenants_csv
from workbench.study.estate import Plant, Tenant, TopologySpec
from workbench.study.source_specs import SourceSpec
from workbench.study.values import name as checked_name

_EXAMPLE = Tenant("example", (Plant("Example", 100),))
_IGNORED = "# Samples and exports can be made again.\nhistory/\nexports/\n"
_NAME_LINE = 'name = "My group"'
_REGION_LINE = 'region = "azure/westeurope"'
_CURRENCY_LINE = 'currency = "EUR"'
_OFFERS_LINE = 'offers = ["azure/D*s_v5", "azure/E*s_v5", "azure/premium-ssd-v2", "azure/blob-cool", "own/*"]'
_OFFERS = {
    "azure": ("azure/D*s_v5", "azure/E*s_v5", "azure/premium-ssd-v2", "azure/blob-cool"),
    "aws": ("aws/m6i.*", "aws/r6i.*", "aws/gp3", "aws/s3-standard*"),
    "gcp": ("gcp/n2-standard-*", "gcp/n2-highmem-*", "gcp/pd-ssd*", "gcp/gcs-*"),
    "hetzner": ("hetzner/ccx*", "hetzner/lb*"),
}
"""Machines, a volume metered by IOPS and a store for backups, as the price books name them; "own" always stands behind."""


@dataclass(frozen=True, slots=True)
class StarterPlatform:
    """Where a new study is to run, and the money it counts in."""

    region: str = "azure/westeurope"
    currency: str = "EUR"


def write_starter(
    folder: Path,
    name: str = "My group",
    sources: Sequence[SourceSpec] = (),
    tenants: Sequence[Tenant] = (),
    current: TopologySpec | None = None,
    platform: StarterPlatform = StarterPlatform(),
) -> tuple[Path, ...]:
    """Write a starter study with what sources showed, and return its files; raise ValueError when one of them exists.

    Without tenants there is one example row to change; without `current` there is no topologies/current.toml.
    """
    texts = {
        "study.toml": _study(checked_name(name), sources, platform),
        "tenants.csv": tenants_csv(tenants or (_EXAMPLE,)),
        ".gitignore": _IGNORED,
    }
    if current is not None:
        texts["topologies/current.toml"] = draft_toml(current)
    taken = [file for file in texts if (folder / file).exists()]
    if taken:
        raise ValueError(f"{folder} already has {', '.join(taken)}: a study is never overwritten, choose an empty folder")
    for file, text in texts.items():
        write_whole(folder / file, text)
    return tuple(folder / file for file in texts)


def _study(name: str, sources: Sequence[SourceSpec], platform: StarterPlatform) -> str:
    text = files("workbench.study").joinpath("starter.toml").read_text(encoding="utf-8")
    for line, changed in (
        (_NAME_LINE, f'name = "{name}"' if '"' not in name else f"name = '{name}'"),
        (_REGION_LINE, f'region = "{platform.region}"'),
        (_CURRENCY_LINE, f'currency = "{platform.currency}"'),
        (_OFFERS_LINE, _offers_line(platform.region)),
    ):
        text = text.replace(line, changed)
    return "\n".join([text, *(source_toml(source) for source in sources)])


def _offers_line(region: str) -> str:
    """Return the offers of a provider that fit most; all of them where we know no better."""
    provider = region.partition("/")[0]
    patterns = _OFFERS.get(provider, (f"{provider}/*",))
    return f"offers = [{', '.join(json.dumps(pattern) for pattern in (*patterns, 'own/*'))}]"
