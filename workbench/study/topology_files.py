"""Topologies made by hand as files: topologies/NAME.toml, compared before they are written, written whole."""

import difflib
import re
from pathlib import Path

from workbench.study.atomic import write_whole
from workbench.study.drafts import topology_toml
from workbench.study.estate import Study, TopologySpec


def topology_path(study: Study, name: str) -> Path:
    """Return the file of a topology; raise ValueError if the name makes none, or the study is the bundled one."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`, then keep topologies there")
    if re.fullmatch(r"\w[\w-]*", name) is None:
        raise ValueError(f"topology name {name!r} makes no file name: use letters, digits and hyphens, such as my-split")
    return study.folder / "topologies" / f"{name}.toml"


def topology_diff(study: Study, spec: TopologySpec) -> str:
    """Return what writing the topology would change in its file, as a unified diff; empty when nothing does."""
    path = topology_path(study, spec.name)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), topology_toml(spec).splitlines(keepends=True), fromfile="saved", tofile="new"
    )
    return "".join(lines)


def write_topology(study: Study, spec: TopologySpec) -> Path:
    """Write the file of a topology whole, replacing what was there, and return its path."""
    path = topology_path(study, spec.name)
    write_whole(path, topology_toml(spec))
    return path
