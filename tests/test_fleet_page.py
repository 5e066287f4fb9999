"""The scripts on the page about several machines: the shell parses them, the commands exist, ReFrame loads its test."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from places import ROOT

from bench.analysis.analyse import analyse
from bench.commands.app import app
from bench.report import summary
from bench.runner.fleet.address import CA, CERT, KEY

PAGE = (ROOT / "docs" / "fleet.md").read_text()
SHELL = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
(REFRAME,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
BASH = shutil.which("bash") or "bash is not installed"
TYPED = [line for script in SHELL for line in script.splitlines() if re.match(r" *cifar-bench ", line)]


@pytest.mark.parametrize("script", SHELL)
def test_the_shell_parses_each_script(script: str) -> None:
    done = subprocess.run([BASH, "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("line", TYPED)
def test_each_command_of_a_script_is_one(line: str) -> None:
    plain = line.replace('"$SLURM_NNODES"', "4").partition("cifar-bench ")[2].rstrip(" &")
    name, *arguments = shlex.split(plain)
    typer.main.get_command(app).commands[name].make_context(name, arguments)


def test_the_job_takes_whole_nodes_and_waits_for_all_of_them() -> None:
    (job,) = [script for script in SHELL if "#SBATCH" in script]
    assert "\n#SBATCH --exclusive\n" in job
    assert '--count "$SLURM_NNODES"' in job
    assert len([line for line in TYPED if line in job]) == 4


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_the_certificates_are_made_as_the_page_makes_them(tmp_path: Path) -> None:
    (script,) = [script for script in SHELL if "openssl" in script]
    subprocess.run([BASH, "-e"], input=script, cwd=tmp_path, check=True, text=True, capture_output=True)
    assert {file.name for file in (tmp_path / "tls").iterdir()} == {CA, CERT, KEY}
    assert (tmp_path / "tls" / KEY).stat().st_mode & 0o077 == 0


def test_what_reframe_reads_is_in_the_summary() -> None:
    from builders import a_plan, outcomes

    assert 'summary["cases"]' in REFRAME
    assert 'case["speedup"]["value"]' in REFRAME
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}
    document = summary.document(analyse(a_plan(), list(outcomes(a_plan(), steps))), None, ())
    (function,) = [case for case in document["cases"] if case["mode"] == "function"]
    assert function["speedup"]["value"] == pytest.approx(2.5, rel=0.01)


def test_reframe_loads_its_test(tmp_path: Path) -> None:
    ast.parse(REFRAME)
    reframe = Path(sys.executable).with_name("reframe")
    if not reframe.exists():
        pytest.skip("ReFrame is not installed: python -m pip install reframe-hpc")
    (tmp_path / "fleet.py").write_text(REFRAME)
    done = subprocess.run(
        [reframe, "-c", "fleet.py", "--list"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "Found 1 check(s)" in done.stdout
