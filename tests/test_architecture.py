"""The walls of the house: who may import whom, how large a room may be, what starting up may load."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.topology.resources import Resource
from pricing.offers import LIMIT_NAMES

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("models", "pricing", "workbench")
MOST_FILE_LINES = 350
MOST_BODY_LINES = 45
HEAVY = ("numpy", "scipy", "pandas", "polars", "textual", "plotly", "psycopg", "requests", "numba", "ruptures")
PUBLIC = {
    "models.queueing": ("MultiServerQueue", "ServiceTime", "erlang_b", "erlang_c", "closed_network", "fit_usl", "simulate"),
    "models.growth": ("forecast",),
    "models.odoo_workers": ("WorkerPool", "RequestClass"),
    "models.topology": ("place",),
    "workbench": ("open_study",),
}
"""Names that notebooks and other programs may rely on."""


@dataclass(frozen=True, slots=True)
class Source:
    """One of our files, read."""

    path: Path
    lines: int
    tree: ast.Module

    def at(self, line: int, what: str) -> str:
        return f"{self.path.relative_to(ROOT)}:{line}: {what}"


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    return tuple(Source(path, text.count("\n"), ast.parse(text)) for path, text in texts)


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_rooms_import_only_what_the_plan_of_the_house_allows() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_limits_of_offers_are_named_as_resources_are() -> None:
    assert {resource.value for resource in Resource} == LIMIT_NAMES


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in PUBLIC.items() for name in names])
def test_public_names_import_and_say_what_they_do(module: str, name: str) -> None:
    assert name in importlib.import_module(module).__all__
    assert inspect.getdoc(getattr(importlib.import_module(module), name))


def test_no_file_is_too_long(sources: tuple[Source, ...]) -> None:
    assert not [source.at(source.lines, f"{source.lines} lines") for source in sources if source.lines > MOST_FILE_LINES]


def test_no_function_is_too_long(sources: tuple[Source, ...]) -> None:
    sized = [(source, function, body_lines(function)) for source in sources for function in functions(source)]
    assert not [
        source.at(function.lineno, f"{function.name}: {lines} lines") for source, function, lines in sized if lines > MOST_BODY_LINES
    ]


def test_nothing_catches_every_exception(sources: tuple[Source, ...]) -> None:
    """BaseException is caught to clean up and raise again, or to hand it to whoever waits; never to go on."""
    handlers = [(source, node) for source in sources for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)]
    found = [source.at(node.lineno, "catches everything") for source, node in handlers if catches_everything(node)]
    assert not found


def catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    raises = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return handler.type is None or "Exception" in names or ("BaseException" in names and not raises and handler.name is None)


def test_public_functions_and_classes_are_documented(sources: tuple[Source, ...]) -> None:
    missing = [
        source.at(node.lineno, node.name)
        for source in sources
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not overloaded(node)
        if not ast.get_docstring(node)
    ]
    assert not missing


def overloaded(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)


def test_help_loads_no_heavy_library() -> None:
    program = f"import sys, workbench.__main__ as m\ntry: m.main()\nfinally: print('LOADED', *sorted({set(HEAVY)!r} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", program, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[-1].split() == ["LOADED"], run.stdout + run.stderr
    assert "compare" in run.stdout


def test_models_and_pricing_need_none_of_the_application() -> None:
    program = "import sys, models.queueing, models.growth, models.odoo_workers, models.topology.placement, pricing.book\n"
    program += "print(*[name for name in sys.modules if name.split('.')[0] == 'workbench'])"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
