import asyncio
import warnings
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks_and_they_hold_no_outputs():
    import nbformat

    assert [path.name for path in NOTEBOOKS] == [
        "compare_topologies.ipynb",
        "fit_worker_pool.ipynb",
        "growth.ipynb",
        "validate_models.ipynb",
    ]
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, monkeypatch):
    root = str(path.parents[1])
    monkeypatch.setenv("PYTHONPATH", root)
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        executed = run(path)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")


def run(path):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=360, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
    return asyncio.run(client.async_execute())
