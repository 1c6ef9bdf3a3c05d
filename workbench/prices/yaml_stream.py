"""YAML read leaf by leaf: the path of keys, the text and the line of every scalar, nothing held in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from workbench.prices.imported import PriceFileError

_LOADER = getattr(yaml, "CLoader", yaml.Loader)
"""The C parser where the library was built with it: some ten times faster."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar and where it stands."""

    path: tuple[str, ...]
    text: str
    line: int


@dataclass(slots=True)
class _Level:
    """A mapping or list that is open; the key of the entry that follows."""

    is_map: bool
    key: str | None = None


def yaml_leaves(path: Path, source: str) -> Iterator[Leaf]:
    """Return the scalars of a file in its order, or raise PriceFileError naming the line; entries of lists have the key "-".

    No object is built, no tag is resolved: numbers stay the text that they are.
    """
    levels: list[_Level] = []
    try:
        with path.open("rb") as file:
            for event in yaml.parse(file, Loader=_LOADER):
                if isinstance(event, yaml.ScalarEvent):
                    leaf = _scalar(levels, str(event.value), event.start_mark.line + 1)
                    if leaf:
                        yield leaf
                elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                    levels.append(_Level(isinstance(event, yaml.MappingStartEvent)))
                elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                    levels.pop()
                    _close(levels)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PriceFileError(f"{source}:{line}: {error.problem}: is the file cut off? Download it again; nothing was taken") from None
    except yaml.YAMLError as error:
        raise PriceFileError(f"{source}: {str(error).partition(chr(10))[0]}: save the file as UTF-8 text") from None


def _scalar(levels: list[_Level], text: str, line: int) -> Leaf | None:
    level = levels[-1] if levels else None
    if level and level.is_map and level.key is None:
        level.key = text
        return None
    path = tuple(one.key or "-" for one in levels)
    _close(levels)
    return Leaf(path, text, line)


def _close(levels: list[_Level]) -> None:
    if levels:
        levels[-1].key = None
