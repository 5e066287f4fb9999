"""The layout's promises: who may import what, what a newcomer adds where, how long things may get."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from bench.modes import MODES
from cifar_core.models import MODELS

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("bench/**/*.py"), *ROOT.glob("cifar_core/**/*.py")])
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]
MAY_IMPORT_TENSORFLOW = {
    "cifar_core/training.py",
    "cifar_core/optimizers.py",
    "cifar_core/inputs.py",
    "bench/nursery.py",
    "cifar_core/own_model.py",
    "cifar_core/own_batches.py",
    "cifar_core/own_keras.py",
    "bench/opening.py",
    "bench/insight.py",
    "bench/profiling.py",
    "bench/device_costs.py",
    "bench/device_probe.py",
    "bench/train_worker.py",
    "bench/autograph/trial_child.py",
    "bench/autograph/explain_code.py",
    "bench/autograph/explain_graph.py",
    "bench/autograph/explain_ours.py",
    "bench/autograph/explain_program.py",
    "bench/autograph/explain_target.py",
    "bench/autograph/explain_times.py",
    "bench/autograph/explain_trace.py",
    "bench/autograph/probe_arguments.py",
    "bench/autograph/probe_child.py",
    "bench/autograph/probe_own.py",
    "bench/autograph/probe_values.py",
    "bench/autograph/probe_watch.py",
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def uses(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports(path))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("cifar_core")])
def test_cifar_core_never_imports_bench(name: str) -> None:
    assert not uses(ROOT / name, "bench")


@pytest.mark.parametrize("name", NAMES)
def test_only_what_trains_imports_tensorflow(name: str) -> None:
    allowed = name in MAY_IMPORT_TENSORFLOW or name.startswith("cifar_core/models/")
    allowed = allowed or (name.startswith("bench/modes/") and not name.endswith("__init__.py"))
    allowed = allowed or name.startswith("bench/autograph/examples/")
    assert allowed or not uses(ROOT / name, "tensorflow")


@pytest.mark.parametrize("name", NAMES)
def test_only_plots_imports_matplotlib(name: str) -> None:
    assert name.startswith("bench/report/plots/") or not uses(ROOT / name, "matplotlib")


@pytest.mark.parametrize("name", NAMES)
def test_no_parent_imports_the_worker(name: str) -> None:
    assert name == "bench/nursery.py" or not uses(ROOT / name, "bench.worker.case")
    assert not uses(ROOT / name, "bench.worker.forkserver")
    assert not uses(ROOT / name, "bench.worker.training")
    assert not uses(ROOT / name, "bench.autograph.rules.child")
    assert not uses(ROOT / name, "bench.autograph.rules.examples")
    assert not uses(ROOT / name, "bench.autograph.explain.child")
    assert not uses(ROOT / name, "bench.autograph.probe.child")


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_modes_never_import_each_other(mode: str) -> None:
    others = {f"bench.modes.{other.name}" for other in MODES} - {f"bench.modes.{mode}"}
    assert not others & imports(ROOT / "bench" / "modes" / f"{mode}.py")


def test_every_mode_file_has_a_row_and_every_row_a_file() -> None:
    files = {path.stem for path in (ROOT / "bench" / "modes").glob("*.py")}
    files -= {"__init__", "inspection", "placing", "keras_loop"}
    assert files == {mode.name for mode in MODES}


def test_every_model_file_has_a_row_and_every_row_a_file() -> None:
    files = {path.stem for path in (ROOT / "cifar_core" / "models").glob("*.py")} - {"__init__", "layers"}
    assert files == {model.name for model in MODELS}


@pytest.mark.parametrize("name", NAMES)
def test_functions_and_files_stay_short_and_say_what_they_are_for(name: str) -> None:
    text = (ROOT / name).read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert len(text.splitlines()) <= 260
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


@pytest.mark.parametrize(
    "words",
    ["--help", "list", "run --help", "run --modes nonsense", "check bench/modes", "explain nonsense", "probe nonsense"],
)
def test_light_commands_load_neither_tensorflow_nor_matplotlib(words: str) -> None:
    code = (
        "import sys\nfrom bench.__main__ import main\n"
        f"sys.argv = ['cifar-bench', *{words.split()!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', sorted({'tensorflow', 'matplotlib', 'pandas', 'keras'} & set(sys.modules)))"
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
        "import sys\nfrom pathlib import Path\nfrom bench import report\nfrom bench.store import Store\n"
        f"report.build(Store.open(Path({str(tmp_path / 'run')!r})))\nprint('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
