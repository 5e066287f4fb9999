"""The layout's promises: who may import what, what a newcomer adds where, how long things may get."""

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from places import ROOT

from bench.modes import MODES
from cifar_core.models import MODELS

SOURCES = sorted([*ROOT.glob("bench/**/*.py"), *ROOT.glob("cifar_core/**/*.py")])
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]
ROOMS = {  # each may import itself, those named, bench.errors and cifar_core
    "records": "",
    "machine": "records",
    "modes": "records machine",
    "worker": "records machine modes",
    "analysis": "records modes",
    "runner": "records machine modes analysis",
    "report": "records modes analysis",
    "autograph": "records machine modes worker analysis report",
    "commands": "records machine modes analysis runner report autograph",
}
AUTOGRAPH_ROOMS = {  # the same within bench/autograph/
    "findings": "",
    "driver": "",
    "source": "findings",
    "inference": "source",
    "traced": "source inference",
    "rules": "source inference traced",
    "check": "findings source inference traced rules",
    "explain": "driver",
    "probe": "findings source rules check driver",
}
CHILDREN = {"worker", "child"}  # what runs in a process of its own; no parent imports it
TENSORFLOW = {"modes", "worker", "child", "examples", "cifar_core"}


@cache
def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def ours(name: str) -> set[str]:
    return {used for used in imports(ROOT / name) if used.startswith("bench.")}


def uses(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports(path))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("cifar_core")])
def test_cifar_core_never_imports_bench(name: str) -> None:
    assert not uses(ROOT / name, "bench")


@pytest.mark.parametrize("name", NAMES)
def test_only_what_runs_in_a_child_imports_tensorflow(name: str) -> None:
    allowed = TENSORFLOW & {*Path(name).parts} and name != "bench/modes/__init__.py"
    assert allowed or not (uses(ROOT / name, "tensorflow") or uses(ROOT / name, "keras"))


@pytest.mark.parametrize("name", NAMES)
def test_only_plots_imports_matplotlib(name: str) -> None:
    assert name.startswith("bench/report/plots/") or not uses(ROOT / name, "matplotlib")


@pytest.mark.parametrize("name", NAMES)
def test_only_the_fleet_imports_dask_and_only_where_it_is_called(name: str) -> None:
    dask = {"dask", "distributed"}
    assert name.startswith("bench/runner/fleet/") or not any(uses(ROOT / name, package) for package in dask)
    for node in ast.parse((ROOT / name).read_text()).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert not dask & {str(module).partition(".")[0] for module in imported}


@pytest.mark.parametrize("name", [name for name in NAMES if name.split("/")[1] in ROOMS])
def test_rooms_import_downwards(name: str) -> None:
    room = name.split("/")[1]
    assert {used.split(".")[1] for used in ours(name)} & {*ROOMS} <= {room, *ROOMS[room].split()}


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.startswith("bench/autograph/") and name != "bench/autograph/__init__.py"]
)
def test_rooms_of_autograph_import_downwards(name: str) -> None:
    room = Path(name).parts[2].removesuffix(".py")
    used = {used.split(".")[2] for used in ours(name) if used.startswith("bench.autograph.")}
    assert used & {*AUTOGRAPH_ROOMS} <= {room, *AUTOGRAPH_ROOMS[room].split()}


def test_no_room_stands_above_itself_and_no_module_imports_itself_in_a_circle() -> None:
    for rooms in (ROOMS, AUTOGRAPH_ROOMS):
        list(TopologicalSorter({room: may.split() for room, may in rooms.items()}).static_order())
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in NAMES}
    list(
        TopologicalSorter(
            {module: ours(name) & {*modules} - {module} for module, name in modules.items()}
        ).static_order()
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_parent_imports_what_runs_in_a_child(name: str) -> None:
    used = {part for used in ours(name) for part in used.split(".")}
    assert CHILDREN & {*Path(name).parts} or not CHILDREN & used


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("bench/report/", "bench/analysis/"))])
def test_reports_and_analysis_start_nothing(name: str) -> None:
    assert not {"subprocess", "multiprocessing", "threading", "bench.machine"} & imports(ROOT / name)


def test_no_class_name_has_two_meanings() -> None:
    trees = [ast.parse((ROOT / name).read_text()) for name in NAMES if "examples" not in Path(name).parts]
    names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []


def test_nothing_else_lies_at_the_top() -> None:
    top = {path.name for path in (ROOT / "bench").iterdir()} - {"__pycache__"}
    assert {name for name in top if not name.startswith("bench_")} == {
        *ROOMS, "__init__.py", "__main__.py", "conftest.py", "errors.py", "py.typed"
    }  # fmt: skip


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_modes_never_import_each_other(mode: str) -> None:
    others = {f"bench.modes.{other.name}" for other in MODES} - {f"bench.modes.{mode}"}
    if mode == "custom_loop":  # which is the mode eager on another task
        others -= {"bench.modes.eager"}
    assert not others & imports(ROOT / "bench" / "modes" / f"{mode}.py")


def test_every_mode_file_has_a_row_and_every_row_a_file() -> None:
    files = {path.stem for path in (ROOT / "bench" / "modes").glob("*.py")}
    # What several modes share.
    shared = {"traced", "traced_loop", "keras_task", "keras_loop", "keras_gate", "keras_answer", "custom_step"}
    shared |= {"replicated", "replicas", "gathering"}
    shared |= {"extras", "peers", "peer_task", "torch_trainer", "torch_adam", "jax_compilations", "keras_peer"}
    shared |= {
        "torch_network",
        "torch_answer",
        "torch_compilations",
        "jax_answer",
        "keras_peer_answer",
        "keras_rebuilt",
    }
    files -= {"__init__", "mode", "trainer", "groups", "inspection", "calling", "placing", "placement", "process_env"}
    files -= {"counting", "operation_names"}
    files -= shared
    assert files == {mode.name for mode in MODES}


def test_every_model_file_has_a_row_and_every_row_a_file() -> None:
    files = {path.stem for path in (ROOT / "cifar_core" / "models").glob("*.py")}
    files -= {"__init__", "layers", "transformer_keras"}
    assert files == {model.name for model in MODELS}


@pytest.mark.parametrize("name", NAMES)
def test_functions_and_files_stay_short_and_say_what_they_are_for(name: str) -> None:
    text = (ROOT / name).read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert len(text.splitlines()) <= 260
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):  # a signature with an option a line is a table
            assert (node.end_lineno or 0) - node.body[0].lineno < 39, node.name


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "list",
        "run --help",
        "run --modes nonsense",
        "run --budget 10",
        "run --data nowhere",
        "run --model nowhere:make --data synthetic",
        "run --resume nowhere",
        "train --mode nonsense",
        "accuracy --modes nonsense",
        "accuracy --on node1",
        "fleet worker node1",
        "selftest --mode nonsense",
        "breakeven nowhere",
        "compare nowhere nowhere2",
        "report nowhere",
        "--version",
        "check bench/modes --no-cache",
        "explain nonsense",
        "probe nonsense",
    ],
)
def test_light_commands_load_neither_tensorflow_nor_matplotlib(words: str) -> None:
    code = (
        "import sys\nfrom bench.__main__ import main\n"
        f"sys.argv = ['cifar-bench', *{words.split()!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', sorted({'tensorflow', 'matplotlib', 'pandas', 'keras', 'distributed'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_a_report_is_rebuilt_without_tensorflow(tmp_path: Path) -> None:
    from builders import a_plan, outcomes

    from bench.records.store import Store

    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(a_plan(), {"eager": 0.05, "eager-again": 0.05, "function": 0.02}):
        store.keep(outcome)
    code = (
        "import sys\nfrom pathlib import Path\nfrom bench.report import run\nfrom bench.records.store import Store\n"
        f"run.build(Store.open(Path({str(tmp_path / 'run')!r})))\nprint('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
