"""A person's own `bench` beside their code: its modules are found, or one line says what to rename."""

import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

LOAD = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "from bench.autograph.driver import load_module\nfrom bench.errors import BenchError\n"
    "try:\n    print(load_module(sys.argv[1]).scale(2))\n"
    "except BenchError as error:\n    print(f'refused: {error}')\n"
)


def loaded(folder: Path, module: str) -> str:
    """What comes of loading the module in a process of its own, as a child of `probe` and `explain` does."""
    command = [sys.executable, "-W", "error", "-c", LOAD, module]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text)
    return folder


SCALE = "def scale(x): return 3 * x\n"


@pytest.mark.parametrize("module", ["train.py", "train"])
@pytest.mark.parametrize("line", ["from bench.util import scale", "from bench import util; scale = util.scale"])
def test_a_module_that_only_their_bench_has_is_found(line: str, module: str, tmp_path: Path) -> None:
    assert loaded(write(tmp_path, train=line, bench__util=SCALE), module) == "6"


def test_so_are_packages_within_and_a_cifar_core_of_theirs(tmp_path: Path) -> None:
    lines = (
        "from bench.deep.util import scale as a\nfrom cifar_core.nets import scale as b\nscale = lambda x: a(b(x))\n"
    )
    write(tmp_path, train=f"{lines}scale = lambda x: a(b(x))\n", bench__deep__util=SCALE, cifar_core__nets=SCALE)
    assert loaded(tmp_path, "train.py") == "18"


@pytest.mark.parametrize(
    ("line", "theirs", "named"),
    [
        ("from bench import scale", {"bench": SCALE}, "bench.py"),
        ("import bench; scale = bench.scale", {"bench": SCALE}, "bench.py"),
        ("import bench.util", {"bench": SCALE}, "bench.py"),
        ("from bench.records import scale", {"bench__records": SCALE}, "bench"),
        ("from bench.nothing import scale", {"bench__util": SCALE}, "bench"),
        ("from cifar_core import scale", {"cifar_core": SCALE}, "cifar_core.py"),
    ],
)
@pytest.mark.parametrize("module", ["train.py", "train"])
def test_what_ours_hides_is_explained_in_one_line(
    line: str, theirs: dict[str, str], named: str, module: str, tmp_path: Path
) -> None:
    said = loaded(write(tmp_path, train=f"import os\n{line}\n", **theirs), module)
    package = named.removesuffix(".py")
    assert said == (
        f"refused: train.py:2 means {named} beside it, but {package} is the name of cifar-bench's own package, whose "
        f"modules come first; rename {tmp_path / named}, e.g. to my_{named}"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import nothing_there", "ModuleNotFoundError: No module named 'nothing_there'"),
        ("import bench.nothing", "ModuleNotFoundError: No module named 'bench.nothing'"),
        ("import os; os.nothing", "AttributeError: module 'os' has no attribute 'nothing'"),
    ],
)
def test_other_errors_are_theirs_as_they_are(line: str, said: str, tmp_path: Path) -> None:
    assert loaded(write(tmp_path, train=line), "train.py") == said


def test_this_program_s_own_folder_is_no_other_s(tmp_path: Path) -> None:
    (tmp_path / "bench").symlink_to(ROOT / "bench")
    write(tmp_path, train="import bench\nscale = lambda x: len(bench.__path__)\n")
    assert loaded(tmp_path, "train.py") == "1"
