"""What `check` makes of files: reading them, silencing findings, what a finding says, and the settings."""

import json
from pathlib import Path

import pytest
from places import ROOT
from snippets import HEAD, findings, found
from typer.testing import CliRunner

from bench.autograph.check.check import check
from bench.autograph.check.formats import FORMATS
from bench.autograph.check.settings import Settings, load
from bench.autograph.rules import RULES
from bench.commands.app import app
from bench.errors import BenchError

BAD = """
losses = []

@tf.function(jit_compile=True)
def step(x):
    losses.append(x)
    return helper(x)

def helper(x):
    print(x)
    return x
"""
LOUD = "import tensorflow as tf\n@tf.function\ndef step(x):\n    print(x)\n    return x\n"
CALLING = "import tensorflow as tf\nfrom {home} import helper\n@tf.function\ndef step(x):\n    return helper(x)\n"
LONG = " + ".join(["'a'"] * 600)


def checked(folder: Path, settings: Settings | None = None):
    return check([folder], settings or Settings(), RULES)


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def run(*words: str):
    return CliRunner().invoke(app, ["check", *words])


def test_a_finding_says_where_it_is_and_what_compiles_its_function(tmp_path: Path) -> None:
    first, second = findings(tmp_path, BAD)
    assert (first.code, first.severity, first.seed_rule) == ("AG301", "error", 3)
    line = HEAD.count("\n") + 6
    assert (first.line, first.column, first.end_line, first.end_column) == (line, 5, line, 21)
    assert (first.compiled_because, first.compiled_line) == ("@tf.function(jit_compile=True)", line - 2)
    assert (second.code, second.function, second.via) == ("AG101", "helper", ("step",))


def test_columns_count_characters_not_bytes(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, "@tf.function\ndef step(x):\n    'äöü'; print('äöü'); return x\n")
    assert (finding.column, finding.end_column) == (12, 24)


def test_a_syntax_error_is_a_finding_and_the_other_files_are_checked(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def step(:\n")
    (tmp_path / "good.py").write_text(HEAD + BAD)
    result = checked(tmp_path)
    assert [(Path(one.file).name, one.code) for one in result.findings] == [
        ("broken.py", "AG001"), ("good.py", "AG301"), ("good.py", "AG101"),
    ]  # fmt: skip
    assert result.findings[0].line == 1
    assert result.files == 2


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(select=("AG1", "AG305")), ["AG001"]),
        (Settings(ignore=("AG001",)), []),
        (Settings(per_file_ignores=(("broken.py", ("AG001",)),)), []),
    ],
)
def test_a_file_that_was_not_checked_is_told_unless_that_is_ignored(
    tmp_path: Path, settings: Settings, codes: list[str]
) -> None:
    write(tmp_path, {"broken.py": "def step(:\n"})
    assert [finding.code for finding in checked(tmp_path, settings).findings] == codes


def test_a_named_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"train.ipynb": '{"cells": []}', "net.pyi": "def net(x): ...\n"})
    with pytest.raises(BenchError, match=r"train\.ipynb is no Python file; known: .*\.py or \.pyi; type e\.g\. "):
        checked(tmp_path / "train.ipynb")
    assert checked(tmp_path / "net.pyi").files == 1


@pytest.mark.parametrize(
    "deep", ["if 1:\n    x = 1\n" + "".join(f"elif {n}:\n    x = {n}\n" for n in range(300)), f"x = {LONG}\n"]
)
def test_a_file_that_is_nested_too_deeply_is_a_finding_and_the_other_files_are_checked(
    tmp_path: Path, deep: str
) -> None:
    write(tmp_path, {"deep.py": deep, "good.py": HEAD + BAD})
    assert [(Path(one.file).name, one.code) for one in checked(tmp_path).findings] == [
        ("deep.py", "AG001"), ("good.py", "AG301"), ("good.py", "AG101"),
    ]  # fmt: skip


def test_beside_what_is_nested_too_deeply_the_same_file_s_functions_are_checked(tmp_path: Path) -> None:
    source = f"TEXT = {LONG}\n@tf.function\ndef step(x):\n    print(x, TEXT)\n    return x\n"
    assert [(one.line, one.code) for one in findings(tmp_path, source, head="import tensorflow as tf\n")] == [
        (1, "AG001"), (5, "AG101"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"x = '\xff\xfe'\n", b"# coding: nonsense\nx = 1\n", b"x = 1\0\n", b"x = " + b"(" * 5000 + b"\n"]
)
def test_a_file_that_is_no_python_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(content)
    assert [finding.code for finding in checked(tmp_path).findings] == ["AG001"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "cp1252"])
def test_a_files_own_encoding_is_honoured(tmp_path: Path, encoding: str) -> None:
    coding = "" if encoding == "utf-8-sig" else f"# -*- coding: {encoding} -*-\n"
    (tmp_path / "snippet.py").write_bytes((coding + HEAD + "# é\n" + BAD).encode(encoding))
    assert [finding.code for finding in checked(tmp_path).findings] == ["AG301", "AG101"]


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
    write(tmp_path / "package", {"__init__.py": "", "helpers.py": helpers, "train.py": CALLING.format(home=".helpers")})
    monkeypatch.chdir(tmp_path / "package")
    (finding,) = checked(Path("train.py")).findings
    assert (finding.file, finding.code) == ("helpers.py", "AG101")


def test_files_of_one_name_are_each_checked(tmp_path: Path) -> None:
    write(tmp_path, {"a/train.py": LOUD, "b/train.py": LOUD})
    assert [Path(one.file).parent.name for one in checked(tmp_path).findings] == ["a", "b"]


def test_an_import_leads_to_the_file_beside_it_before_others_of_that_name(tmp_path: Path) -> None:
    train = CALLING.format(home="utils")
    write(tmp_path, {"a/train.py": train, "b/train.py": train, "b/utils.py": "def helper(x):\n    return x\n"})
    write(tmp_path, {"a/utils.py": "def helper(x):\n    print(x)\n    return x\n"})
    (finding,) = checked(tmp_path).findings
    assert (Path(finding.file).parent.name, finding.code) == ("a", "AG101")


def test_a_file_that_two_names_lead_to_is_checked_once_and_its_imports_are_followed(tmp_path: Path) -> None:
    net = "from models.log import log\ndef helper(x):\n    print(x)\n    log(x)\n    return x\n"
    write(tmp_path, {"models/net.py": net, "models/log.py": "def log(x):\n    print(x)\n"})
    write(tmp_path, {"train.py": CALLING.format(home="models.net")})
    found = [("log.py", 2, "AG101"), ("net.py", 3, "AG101")]
    assert [(Path(one.file).name, one.line, one.code) for one in checked(tmp_path).findings] == found


def test_a_file_that_is_named_twice_is_checked_once(tmp_path: Path) -> None:
    write(tmp_path, {"a/train.py": LOUD})
    result = check([tmp_path / "a", tmp_path / "a" / ".." / "a" / "train.py"], Settings(), RULES)
    assert (len(result.findings), result.files) == (1, 1)


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    above = "import tensorflow as tf\n\f\n@tf.function\ndef step(x):\n    y = 'a\u2028b\x85c'\n"
    source = f"{above}    print(x)  # noqa: AG101\n    print(y)\n    return x\n"
    (finding,) = findings(tmp_path, source, head="")
    assert (finding.line, finding.code, finding.source[-1]) == (7, "AG101", (7, "    print(y)"))


def test_noqa_silences_what_it_names(tmp_path: Path) -> None:
    source = """
    losses = []
    @tf.function
    def step(x):
        losses.append(x)  # noqa: AG301
        losses.append(x)  # noqa
        losses.append(x)  # noqa: E501, AG3
        losses.append(x)  # noqa: AG101
        losses.append(x)  # noqa: E501
        return x
    """
    assert found(tmp_path, source) == {(8, "AG301"), (8, "AG002"), (9, "AG301")}


def test_noqa_in_a_text_is_no_comment(tmp_path: Path) -> None:
    source = """
    @tf.function
    def step(x):
        print("# noqa: AG101")
        return x
    """
    assert found(tmp_path, source) == {(4, "AG101")}


def test_a_noqa_for_a_rule_that_is_not_looked_for_is_not_called_unused(tmp_path: Path) -> None:
    assert found(tmp_path, "x = 1  # noqa: AG301\n", Settings(select=("AG0", "AG1"))) == set()


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(select=("AG1",)), ["AG101"]),
        (Settings(ignore=("AG101",)), ["AG301"]),
        (Settings(exclude=("snippet.py",)), []),
        (Settings(per_file_ignores=(("*.py", ("AG3",)),)), ["AG101"]),
    ],
)
def test_codes_and_files_are_chosen(tmp_path: Path, settings: Settings, codes: list[str]) -> None:
    assert [finding.code for finding in findings(tmp_path, BAD, settings)] == codes


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("nothing", ["a.py", "c.py", "b.py"]),
        ("generated", ["a.py", "c.py"]),
        ("src/generated", ["a.py", "c.py"]),
        ("examples/*", ["a.py", "b.py"]),
        ("b.*", ["a.py", "c.py"]),
    ],
)
def test_files_are_left_out_by_where_they_lie_under_the_root_however_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, left: list[str]
) -> None:
    root = tmp_path / "generated" / "project"
    write(root, {"a.py": LOUD, "src/generated/b.py": LOUD, "examples/sub/c.py": LOUD})
    monkeypatch.chdir(root)
    settings = Settings(exclude=(pattern,), root=root)
    for typed in (root, Path(), root / "src" / ".."):
        assert [Path(one.file).name for one in checked(typed, settings).findings] == left


def test_the_nearest_pyproject_with_our_table_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.cifar-bench.check]\nselect = ["AG1"]\nfail-on = "error"\n[tool.cifar-bench.check.per-file-ignores]\n'
        '"inner/*.py" = ["AG101"]\n'
    )
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    (tmp_path / "inner" / "snippet.py").write_text(HEAD + BAD)
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    settings = load([tmp_path / "inner"], ("AG101", "AG301"))
    assert (settings.select, settings.fail_on) == (("AG1",), "error")
    found = check([tmp_path], settings, RULES).findings
    assert [(Path(one.file).parent.name, one.code) for one in found] == [(tmp_path.name, "AG101")]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("colour = 1", "unknown key 'colour'"),
        ('select = "AG1"', "select is a list"),
        ('ignore = ["XX"]', "unknown code 'XX'"),
        ('fail-on = "never"', "unknown severity 'never'"),
        ("select = [", "cannot be read"),
    ],
)
def test_a_wrong_table_is_one_clear_line(tmp_path: Path, table: str, says: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.cifar-bench.check]\n{table}\n")
    with pytest.raises(BenchError, match=says):
        load([tmp_path], ("AG101",))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 1),
        (("--fail-on", "error", "--ignore", "AG3"), 0),
        (("--fail-on", "error"), 1),
        (("--select", "AG2"), 0),
        (("--select", "AG1", "--fail-on", "info"), 1),
    ],
)
def test_the_exit_code_says_whether_something_weighs_enough(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    assert run(str(tmp_path), *words).exit_code == code


def test_the_command_line_wins_over_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cifar-bench.check]\nselect = ["AG2"]\noutput-format = "json"\n')
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    assert run(str(tmp_path)).stdout.strip() == "[]"
    assert "AG101 [warning]" in run(str(tmp_path), "--select", "AG1", "--output-format", "concise").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.py",), "there is no nowhere.py"),
        ((".", "--select", "XX"), "unknown code 'XX'; known: AG001"),
        ((".", "--select", ""), "names no code"),
        ((".", "--fail-on", "x"), "unknown severity 'x'"),
        ((".", "--output-format", "x"), "unknown format 'x'"),
    ],
)
def test_wrong_words_are_one_clear_line(words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, BenchError)
    assert says in str(result.exception)


def test_full_shows_the_lines_the_reason_and_the_fix(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    text = FORMATS["full"](check([tmp_path / "snippet.py"], Settings(select=("AG301",)), RULES))
    assert "AG301 error  outer list `losses` changes" in text
    assert "    losses.append(x)\n" in text
    assert "    ^^^^^^^^^^^^^^^^ compiled because of @tf.function(jit_compile=True) at line 8" in text
    assert "fix: return the value" in text
    assert text.endswith("1 error in 1 file")


def test_json_holds_every_field(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    first, second = json.loads(FORMATS["json"](checked(tmp_path)))
    assert (first["code"], first["line"], first["evidence"]) == ("AG301", 10, "predicted")
    assert second["via"] == ["step"]


def test_github_escapes_what_its_commands_would_take_for_their_own(tmp_path: Path) -> None:
    (tmp_path / "a,b.py").write_text(HEAD + BAD)
    line = FORMATS["github"](checked(tmp_path)).splitlines()[0]
    assert line.startswith("::error file=")
    assert "a%2Cb.py,line=10,endLine=10,col=5,endColumn=21,title=AG301" in line


def test_sarif_has_a_rule_for_each_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    log = json.loads(FORMATS["sarif"](checked(tmp_path)))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["AG101", "AG301"]
    assert [result["ruleId"] for result in run["results"]] == ["AG301", "AG101"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "snippet.py"
    assert place["region"] == {"startLine": 10, "startColumn": 5, "endLine": 10, "endColumn": 21}


def test_names_that_stand_for_each_other_many_times_over_take_no_longer(tmp_path: Path) -> None:
    lines = "".join(f"    v{n} = v{n - 1} + v{n - 1} * v{n - 1}\n" for n in range(1, 60))  # 3^59 ways down to v0
    source = f"def around(v0):\n{lines}    return tf.function(lambda x: x + v59)\n"
    assert findings(tmp_path, source) == ()


def test_names_that_stand_for_themselves_end(tmp_path: Path) -> None:
    source = "def around():\n    a = b\n    b = a\n    return tf.function(lambda x: x + a)\n"
    assert findings(tmp_path, source) == ()


def test_tensorflow_s_own_code_is_not_followed(tmp_path: Path) -> None:
    package = tmp_path / "tensorflow"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inside.py").write_text("count = []\n\ndef op(x):\n    count.append(1)\n    return x\n")
    (package / "user.py").write_text(
        "import tensorflow as tf\nfrom tensorflow.inside import op\nrows = []\n\n"
        "@tf.function\ndef f(x):\n    rows.append(1)\n    return op(x)\n"
    )
    assert [(Path(one.file).name, one.line) for one in checked(tmp_path).findings] == [("user.py", 7)]


def test_the_suites_own_steps_are_clean() -> None:
    result = check([ROOT / "cifar_core", ROOT / "bench" / "modes"], Settings(), RULES)
    assert result.findings == ()
    assert result.files > 20


def test_the_suites_own_compiled_functions_are_seen() -> None:
    from bench.autograph.source import files as reading
    from bench.autograph.source.modules import Module
    from bench.autograph.source.project import Project
    from bench.autograph.traced.reach import Reach

    modules = [reading.read(path) for path in (ROOT / "bench" / "modes").glob("*.py")]
    read = [module for module in modules if isinstance(module, Module)]
    bodies = Reach(Project(read, lambda path, name: None), read).bodies()
    traced = {(body.module.path.stem, body.function.name) for body in bodies if body.compiled and body.function}
    assert {("function", "Function._loss_of_step"), ("xla_loop", "XlaLoop._loss_of_steps")} <= traced
