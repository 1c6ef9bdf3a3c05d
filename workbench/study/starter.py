"""The starter study: commented text files to change, never written over anything."""

from collections.abc import Sequence
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


def write_starter(
    folder: Path,
    name: str = "My group",
    sources: Sequence[SourceSpec] = (),
    tenants: Sequence[Tenant] = (),
    current: TopologySpec | None = None,
) -> tuple[Path, ...]:
    """Write a starter study with what sources showed, and return its files; raise ValueError when one of them exists.

    Without tenants there is one example row to change; without `current` there is no topologies/current.toml.
    """
    texts = {
        "study.toml": _study(checked_name(name), sources),
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


def _study(name: str, sources: Sequence[SourceSpec]) -> str:
    template = files("workbench.study").joinpath("starter.toml").read_text(encoding="utf-8")
    text = template.replace(_NAME_LINE, f'name = "{name}"' if '"' not in name else f"name = '{name}'")
    return "\n".join([text, *(source_toml(source) for source in sources)])
