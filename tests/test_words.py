"""The vocabulary: people read one word for a thing, the field's own. Fields of file formats keep their names.

Read are documents, templates, and of Python its docstrings, comments and texts of several words.
"""

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT

EVERYWHERE = (
    (r"times as fast|\dx as fast|as fast again", "speedup: 1.93x vs eager"),
    (r"\b(no|any|a|the) gain\b|\bgains\b", "speedup"),
    (
        r"eager \(again\)|\b(second|both|two|other) entr(y|ies)\b(?! points)",
        "A/A control; the baseline's two measurements",
    ),
    (r"noise floor", "A/A difference"),
    (r"\b(repa(id|ys?)|earned back|pays back|dearer)\b", "break-even after N steps; start-up cost"),
    (r"\b(in|takes?|took|taking) turns\b", "interleaved"),
    (r"outside kernels", "Python/dispatch overhead"),
    (r"\blook-?alikes?\b", "synthetic CIFAR-10"),
    (r"\b(in|inside|outside|beside) the clock\b", "timed, not timed"),
    (r"\bheld (against|side by side|down)\b|\bholds \w+ against\b", "compared with; throttled"),
    (r"\b(is|are|was|were|be) told\b|\btold by\b|\btells (its|how|what|of|nothing)\b", "reported; the report names"),
    (r"\bplant(s|ed|ing)\b", "injected"),
    (r"\bspare(s|d)\b|\bsits? out\b|\bfar slower (mode|case)", "sampled less often; very slow mode"),
    (r"\bworth knowing\b", "key findings"),
    (r"\bcosts? beside time\b", "CPU time and memory"),
    (r"what differs around", "environment differences"),
    (r"\bthe instrument\b", "the benchmark"),
    (r"\bnursery\b", "fork server"),
    (r"\bdoubts?\b", "warnings"),
    (r"\bblame[ds]?\b", "user errors"),
    (r"--precisions?\b", "--target-ci, --dtypes"),
    (r"\banew\b", "again"),
    (r"\bborne out\b|\bdistrust\b|\bin silence\b|\bcomes of\b|\bbecomes? of\b|\bbecome of\b", "plain words"),
    (r"\bthe one and the other\b|\botherwise than\b|\bbusiness of\b|\beat everyone", "plain words"),
    (r"\bwhat is none\b|\bobey(s|ed)?\b|\bby sign\b|\blean on\b", "plain words"),
    (r"(?<![Tt]here )\b(is|are|was|were) no(ne)?\b(?! (longer|more|less|larger|smaller|other|need)\b)", "is not a"),
)
TO_READERS = (
    (r"\barms?\b", "configuration, mode"),
    (r"\bdoors?\b", "pytest-benchmark adapter"),
    (r"\d blocks\b|\ba whole block\b", "repetitions"),
    (r"\bcards?\b", "GPU"),
)
READERS = ("README.md", "CHANGELOG.md", "action.yml", "results/README.md", "docs/")
ALLOWED = (
    ("bench/commands/run_options.py", "--precision"),  # the old names, which work until 2.0
    ("CHANGELOG.md", "--precision"),  # which says so
    ("bench/autograph/explain/page.html.jinja", " is none else "),
    ("docs/designs.md", "blocks until"),  # of another tool
    ("README.md", "door"),
)
NAMED = ("*.md", "*.jinja", "*.yml", "bench/*.py", "cifar_core/*.py")
CODE = re.compile(r"``.+?``|`[^`]*`")
QUOTES = re.compile(r"^[rbfuRBFU]*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$")


def _files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *NAMED], cwd=ROOT, capture_output=True)  # noqa: S607
    names = sorted({*listed.stdout.decode().split("\n")} - {""})
    return [name for name in names if not name.startswith(("results/sample", "tests/")) and (ROOT / name).is_file()]


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Each line that people read, without code in it, and its number."""
    yield from _of_python(path) if path.suffix == ".py" else _of_document(path)


def _of_document(path: Path) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        fence = line.lstrip().startswith("```")
        fenced ^= fence
        if not (fence or fenced or line.startswith("    ")):
            yield number, CODE.sub("", line)


def _of_python(path: Path) -> Iterator[tuple[int, str]]:
    read = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        text = QUOTES.sub("", token.string.strip()) if token.type in read else ""
        if " " in text:
            yield from enumerate((CODE.sub("", line) for line in text.splitlines()), start=token.start[0])


def _wrong(name: str) -> list[str]:
    patterns = (*EVERYWHERE, *TO_READERS) if name.startswith(READERS) else EVERYWHERE
    return [
        f"{name}:{number}: '{match[0]}': write {better}"
        for number, line in prose(ROOT / name)
        for pattern, better in patterns
        if (match := re.search(pattern, line)) and not _allowed(name, line)
    ]


def _allowed(name: str, line: str) -> bool:
    return any(name == where and words in line for where, words in ALLOWED)


def test_one_word_stands_for_a_thing() -> None:
    assert [text for name in _files() for text in _wrong(name)] == []


def test_all_that_people_read_is_read_here() -> None:
    names = _files()
    assert {"README.md", "docs/guide.md", "bench/commands/run.py", "cifar_core/cifar10.py", "action.yml"} <= {*names}
    assert any(name.endswith(".jinja") for name in names)


@pytest.mark.parametrize(
    ("suffix", "text", "seen"),
    [
        (".md", "read\n\n    typed\n`code` and text\n", ["read", " and text"]),
        (".md", "```\nshown\n```\nread\n", ["read"]),
        (".py", '"""One line.\n\nAnother."""\nname = "word"\n', ["One line.", "Another."]),
        (".py", 'text = "it is no mode"  # and why\n', ["it is no mode", "# and why"]),
    ],
)
def test_code_is_not_prose(suffix: str, text: str, seen: list[str], tmp_path: Path) -> None:
    file = tmp_path / f"read{suffix}"
    file.write_text(text)
    assert [line for _, line in prose(file) if line] == seen


@pytest.mark.parametrize(
    "sentence",
    [
        "runs this step 1.9x as fast as eager",
        "cases take turns",
        "'x' is no mode",
        "batches are none",
        "is INVALID, and is told by its line",
        "a slowdown was planted",
        "traced anew for each shape",
        "repaid after 16 steps",
        "is not in the clock",
        "compares the second entry",
        "--precision 2%",
    ],
)
def test_the_old_words_are_found(sentence: str) -> None:
    assert [pattern for pattern, _ in EVERYWHERE if re.search(pattern, sentence)] != []


@pytest.mark.parametrize("sentence", ["there is no mode", "it is no longer here", "None is returned", "in turn"])
def test_good_sentences_are_left_alone(sentence: str) -> None:
    assert [pattern for pattern, _ in EVERYWHERE if re.search(pattern, sentence)] == []
