"""Find and open the study a command is about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.bundled import bundled_study
from workbench.pipeline.session import Progress, Session, open_session
from workbench.study.edits import Edit, from_option, scenario_named
from workbench.study.estate import Study
from workbench.study.toml import read_study

STUDY_FILE = "study.toml"


@dataclass(frozen=True, slots=True)
class Found:
    """A study's folder and how it was found."""

    folder: Path
    demo: bool
    """Whether it is the bundled study, because none was given and none stands around."""


def find_study(given: str | None, start: Path) -> Found:
    """Return the folder given, else the nearest one upwards with a study.toml, else the bundled study."""
    bundled = bundled_study()
    if given is not None:
        path = Path(given).expanduser()
        folder = path.parent if path.name == STUDY_FILE else path
        if not (folder / STUDY_FILE).is_file():
            raise ValueError(f"{folder} holds no {STUDY_FILE}: give a study's folder, or write one with `workbench init {folder}`")
        return Found(folder, _same(folder, bundled))
    for folder in (start, *start.parents):
        if (folder / STUDY_FILE).is_file():
            return Found(folder, _same(folder, bundled))
    return Found(bundled, demo=True)


def _same(folder: Path, bundled: Path) -> bool:
    return folder.resolve() == bundled.resolve()


def open_study_at(found: Found) -> Study:
    """Return the study of a folder; raise StudyErrors with every error at once."""
    return replace(read_study(found.folder), demo=found.demo)


def edits_of(study: Study, scenarios: Sequence[str], options: Sequence[str]) -> tuple[tuple[Edit, ...], str | None]:
    """Return the edits of named scenarios and shell options, in their order, and how they are called together."""
    named = [scenario_named(study, name) for name in scenarios]
    edits = [edit for scenario in named for edit in scenario.edits]
    edits += [from_option(option) for option in options]
    label = " + ".join([*(scenario.name for scenario in named), *(["edits"] if options else [])])
    return tuple(edits), label or None


def session_of(study: Study, scenarios: Sequence[str], options: Sequence[str], progress: Progress) -> Session:
    """Return the session of a study with scenarios and edits applied."""
    edits, label = edits_of(study, scenarios, options)
    return open_session(study, edits, label, progress)
