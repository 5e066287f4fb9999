"""Calls lead into the other files of a project."""

from pathlib import Path

import pytest
from snippets import LOUD, checked, write_files

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.rules import RULES

CALLING = "import tensorflow as tf\nfrom {home} import helper\n@tf.function\ndef step(x):\n    return helper(x)\n"


def test_a_call_leads_into_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from .inner import helper as exported\n")
    (tmp_path / "package" / "inner.py").write_text("def helper(x):\n    print(x)\n    return x\n")
    (tmp_path / "main.py").write_text(
        "import package\nfrom tensorflow import function\n@function\ndef step(x):\n    return package.exported(x)\n"
    )
    (finding,) = check([tmp_path / "main.py"], Settings(), RULES).findings
    assert (Path(finding.file).name, finding.line, finding.code) == ("inner.py", 2, "AG101")


def test_from_inside_a_package_its_helpers_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helpers = "def helper(x):\n    print(x)\n    return x\n"
    write_files(
        tmp_path / "package", {"__init__.py": "", "helpers.py": helpers, "train.py": CALLING.format(home=".helpers")}
    )
    monkeypatch.chdir(tmp_path / "package")
    (finding,) = checked(Path("train.py")).findings
    assert (finding.file, finding.code) == ("helpers.py", "AG101")


def test_files_of_one_name_are_each_checked(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/train.py": LOUD, "b/train.py": LOUD})
    assert [Path(one.file).parent.name for one in checked(tmp_path).findings] == ["a", "b"]


def test_an_import_leads_to_the_file_beside_it_before_others_of_that_name(tmp_path: Path) -> None:
    train = CALLING.format(home="utils")
    write_files(tmp_path, {"a/train.py": train, "b/train.py": train, "b/utils.py": "def helper(x):\n    return x\n"})
    write_files(tmp_path, {"a/utils.py": "def helper(x):\n    print(x)\n    return x\n"})
    (finding,) = checked(tmp_path).findings
    assert (Path(finding.file).parent.name, finding.code) == ("a", "AG101")


def test_a_file_that_two_names_lead_to_is_checked_once_and_its_imports_are_followed(tmp_path: Path) -> None:
    net = "from models.log import log\ndef helper(x):\n    print(x)\n    log(x)\n    return x\n"
    write_files(tmp_path, {"models/net.py": net, "models/log.py": "def log(x):\n    print(x)\n"})
    write_files(tmp_path, {"train.py": CALLING.format(home="models.net")})
    found = [("log.py", 2, "AG101"), ("net.py", 3, "AG101")]
    assert [(Path(one.file).name, one.line, one.code) for one in checked(tmp_path).findings] == found
