"""Keep the pools of a topology, edits by hand included, as a topology file of the study."""

from dataclasses import dataclass
from pathlib import Path

from workbench.pipeline.by_hand import as_topology
from workbench.pipeline.planner import check_topology
from workbench.pipeline.session import Session
from workbench.study.topology_files import topology_diff, write_topology


@dataclass(frozen=True, slots=True)
class KeptTopology:
    """A file that was written, and what it changed."""

    path: Path
    diff: str


def keep_topology(session: Session, option: str) -> KeptTopology:
    """Write the file that "hybrid=my-split" asks for; raise ValueError naming what is wrong with it."""
    topology, equals, name = option.partition("=")
    if not equals or not name:
        raise ValueError(f"--keep {option} names no file: write TOPOLOGY=NAME, such as hybrid=my-split")
    check_topology(session.study, topology)
    spec = as_topology(session, session.result(topology).plan, name)
    diff = topology_diff(session.original, spec) or "nothing changes"
    return KeptTopology(write_topology(session.original, spec), diff)
