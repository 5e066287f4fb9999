"""The notebook of the documentation runs from its first cell to its last."""

from typing import Any

import pytest
from places import ROOT


@pytest.mark.slow
def test_the_notebook_in_the_documentation_runs(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(ROOT / "docs" / "compare_modes.ipynb", 4)
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [cell.outputs[-1] for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    shown = [output for output in outputs if output.output_type == "execute_result"]
    assert any("<table>" in output.data.get("text/html", "") for output in shown)
    assert any("image/png" in output.data for output in shown)
    assert outputs[-1].text.startswith("model (Sequential) exists in this process only")
