"""The wheel works in a clean environment, outside the checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clean_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it where nothing of the checkout is; the libraries it needs are those already downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    venv.create(folder / "clean", with_pip=False)
    python = folder / "clean" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    (site,) = (folder / "clean").glob("lib/python*/site-packages")
    # A path line adds the libraries, and leaves out what an editable install there would add.
    (site / "downloaded.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return python


@pytest.fixture
def run(clean_python: Path, tmp_path: Path) -> Run:
    """Run the installed program in an empty folder, shielded from the checkout."""

    def started(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV_"))}
        return subprocess.run(
            [clean_python, "-I", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    return started


def test_the_wheel_imports_from_itself_and_not_from_the_checkout(run: Run, clean_python: Path) -> None:
    done = run("-c", "import models, pricing, workbench; print(models.__file__, pricing.__file__, workbench.__file__)")
    assert done.returncode == 0, done.stderr
    assert all(Path(file).is_relative_to(clean_python.parent.parent) for file in done.stdout.split())


def test_help_needs_no_study(run: Run) -> None:
    done = run("-m", "workbench", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "compare" in done.stdout


def test_price_books_and_catalogue_are_inside(run: Run) -> None:
    done = run("-m", "workbench", "prices", "list")
    assert done.returncode == 0, done.stderr
    assert "azure" in done.stdout
    catalogue = run("-c", "from workbench.sources.catalogue import load_catalogue; print(len(load_catalogue().rules))")
    assert int(catalogue.stdout) > 20


def test_the_bundled_study_is_compared_and_never_written_to(run: Run, clean_python: Path) -> None:
    folder = next(clean_python.parent.parent.glob("lib/python*/site-packages/workbench/bundled/meridian"))
    before = listing(folder)
    done = run("-m", "workbench", "compare", "--topology", "current", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["demo"] is True
    assert [(one["name"], one["feasible"]) for one in answer["topologies"]] == [("current", True)]
    assert listing(folder) == before


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of every file."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()}
