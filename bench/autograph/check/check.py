"""Checks source files: parses all of them, follows the calls between them, then applies each rule."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.autograph.check.settings import Settings
from bench.autograph.findings import CheckResult, Finding
from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Rule, lowered
from bench.autograph.source import suppressions
from bench.autograph.source.disk import Disk
from bench.autograph.source.files import nested_too_deeply, python_files, read_module
from bench.autograph.source.modules import Module
from bench.autograph.source.project import Project
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.reach import Reach

_STEPS = {Tensor.YES: 0, Tensor.LIKELY: 1, Tensor.UNKNOWN: 2, Tensor.NO: 2}


def check(
    paths: Iterable[Path], settings: Settings, rules: tuple[Rule, ...], traced: Collection[tuple[str, int]] = ()
) -> CheckResult:
    """Check the files. `traced`: functions known to be compiled. Raises BenchError for a path that does not exist."""
    return check_files(python_files(paths, settings.excludes), settings, rules, traced)


def check_text(path: Path, content: bytes, settings: Settings, rules: tuple[Rule, ...]) -> CheckResult:
    """The findings in a file as an editor holds it, saved or not. Calls into other files are followed."""
    files = [] if settings.excludes(path) else [path]
    checked = check_files(files, settings, rules, disk=Disk({path.resolve(): content}))
    return replace(checked, findings=tuple(finding for finding in checked.findings if finding.file == str(path)))


def check_files(
    files: Iterable[Path],
    settings: Settings,
    rules: tuple[Rule, ...],
    traced: Collection[tuple[str, int]] = (),
    disk: Disk | None = None,
) -> CheckResult:
    """Check Python files that were found, through a disk that may know more, or remember for a cache."""
    disk = disk or Disk()
    parsed = [read_module(path, disk) for path in files]
    modules = [module for module in parsed if isinstance(module, Module)]
    unreadable = [finding for finding in parsed if isinstance(finding, Finding)]
    findings = [*unreadable, *_findings(modules, settings, rules, traced, disk)]
    findings.sort(key=lambda finding: (finding.file, finding.line, finding.column, finding.code))
    wanted = tuple(finding for finding in findings if settings.wants(finding.code, finding.file))
    return CheckResult(wanted, len(parsed))


def _findings(
    modules: list[Module],
    settings: Settings,
    rules: tuple[Rule, ...],
    traced: Collection[tuple[str, int]],
    disk: Disk,
) -> list[Finding]:
    project = Project(modules, partial(_read_beside, disk), disk.is_file)
    reach = Reach(project, modules, traced)
    bodies = reach.bodies()
    selected = [rule for rule in rules if rule.check and settings.selects(rule.code)]
    findings = [nested_too_deeply(path, line) for path, line in reach.too_deep]
    findings += [finding for body in bodies for finding in _of_body(body, selected)]
    by_place: dict[tuple[str, int, int, str], Finding] = {}
    for finding in findings:
        if not settings.excludes(Path(finding.file)):
            by_place.setdefault((finding.file, finding.line, finding.column, finding.code), finding)
    read = [module for module in project.modules.values() if module]
    return list(_unsuppressed(read, modules, list(by_place.values()), settings))


def _read_beside(disk: Disk, path: Path, name: str) -> Module | None:
    folder = Path.cwd()  # findings name files relative to it, as people type them
    parsed = read_module(path.relative_to(folder) if path.is_relative_to(folder) else path, disk, name)
    return parsed if isinstance(parsed, Module) else None


def _of_body(body: Body, rules: Iterable[Rule]) -> Iterator[Finding]:
    for rule in rules:
        if rule.check and rule.of_callers == (body.compiled is None):
            try:
                for hit in rule.check(body):
                    yield _finding(body, rule, hit)
            except RecursionError:
                yield nested_too_deeply(body.module.path, getattr(body.node, "lineno", 1))


def _finding(body: Body, rule: Rule, hit: Hit) -> Finding:
    node, compiled = hit.node, body.compiled
    assert isinstance(node, ast.expr | ast.stmt | ast.arg | ast.ExceptHandler)
    # Keras may call its methods eagerly too; the conversion rules account for that themselves.
    keras = compiled is not None and compiled.kind == "keras" and not rule.code.startswith("AG6")
    end_line, end_column = _end(node, body.module.lines)
    return Finding(
        rule.code,
        rule.name,
        lowered(rule.severity, _STEPS[hit.sure] + keras),
        rule.seed,
        str(body.module.path),
        node.lineno,
        _column(body.module.lines, node.lineno, node.col_offset) + 1,
        end_line,
        end_column + 1,
        hit.message,
        body.function.name if body.function else "",
        compiled.because if compiled else "",
        str(compiled.module.path) if compiled else "",
        compiled.line if compiled else 0,
        body.via,
        rule.fix,
        _around(body.module.lines, node.lineno),
    )


def _end(node: ast.expr | ast.stmt | ast.arg | ast.ExceptHandler, lines: list[str]) -> tuple[int, int]:
    """Line and column where a finding ends: a statement with a body ends with its first line."""
    with_body = isinstance(node, ast.stmt) and hasattr(node, "body")
    if with_body or node.end_lineno is None or node.end_col_offset is None:
        return node.lineno, len(lines[node.lineno - 1].rstrip())
    return node.end_lineno, _column(lines, node.end_lineno, node.end_col_offset)


def _column(lines: list[str], line: int, offset: int) -> int:
    """The column in characters, as editors count it; Python counts bytes of UTF-8."""
    text = lines[line - 1] if line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


def _around(lines: list[str], line: int) -> tuple[tuple[int, str], ...]:
    return tuple((number, lines[number - 1]) for number in range(max(1, line - 1), line + 1) if number <= len(lines))


def _unsuppressed(
    read: list[Module], checked: list[Module], findings: list[Finding], settings: Settings
) -> Iterator[Finding]:
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    for module in read:
        in_module, suppressed = by_file[str(module.path)], set()
        noqas = in_module or suppressions.name_our_codes(module.lines)
        for noqa in suppressions.comments(module.lines) if noqas else ():
            covered = [finding for finding in in_module if noqa.covers(finding)]
            suppressed.update(covered)
            if module in checked and all(settings.selects(code) for code in noqa.codes or ()):
                yield from suppressions.unused(str(module.path), noqa, covered)
        yield from (finding for finding in in_module if finding not in suppressed)
