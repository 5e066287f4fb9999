"""The formats for people: `full` with source lines and fixes, `concise` with one line per finding."""

import os

from bench.autograph.findings import CheckResult, Finding


def full(checked: CheckResult) -> str:
    """Each finding with its source lines, why its function is compiled, and the fix; a count at the end."""
    return "\n".join([*(_block(finding) for finding in checked.findings), summary(checked)])


def concise(checked: CheckResult) -> str:
    """`path:line:column: AG301 [error] message`, and a count at the end."""
    lines = [f"{place(finding)}: {finding.code} [{finding.severity}] {finding.message}" for finding in checked.findings]
    return "\n".join([*lines, summary(checked)])


def place(finding: Finding) -> str:
    """`path:line:column`, which editors can open."""
    return f"{short(finding.file)}:{finding.line}:{finding.column}"


def short(file: str) -> str:
    """The path relative to the current folder where the file is in it."""
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive
        return file
    return file if relative.startswith("..") else relative


def summary(checked: CheckResult) -> str:
    """`1 error, 2 warnings in 3 files`, or `no finding in 3 files`."""
    counts = [(checked.count(severity), severity) for severity in ("error", "warning", "info")]
    totals = [
        f"{count} {severity}{'s' if count > 1 and severity != 'info' else ''}" for count, severity in counts if count
    ]
    files = f"{checked.files} file{'' if checked.files == 1 else 's'}"
    return f"{', '.join(totals)} in {files}" if totals else f"no finding in {files}"


def _block(finding: Finding) -> str:
    seed = f"  [rule {finding.seed_rule} of the tutorial]" if finding.seed_rule else ""
    lines = [f"{place(finding)}: {finding.code} {finding.severity}  {finding.message}{seed}"]
    width = len(str(max((number for number, _ in finding.source), default=1)))
    lines += [f"   {number:>{width}} | {text}" for number, text in finding.source]
    if finding.source and finding.source[-1][0] == finding.line:
        lines.append(f"   {'':>{width}} | {_carets(finding)} {_because(finding)}".rstrip())
    return "\n".join([*lines, f"   fix: {finding.fix}", ""])


def _carets(finding: Finding) -> str:
    text = finding.source[-1][1]
    end = finding.end_column if finding.end_line == finding.line else len(text.rstrip()) + 1
    before = "".join("\t" if character == "\t" else " " for character in text[: finding.column - 1])
    return before + "^" * max(1, end - finding.column)


def _because(finding: Finding) -> str:
    if not finding.compiled_because:
        return ""
    line = f"line {finding.compiled_line}"
    location = (
        line if finding.compiled_file == finding.file else f"{short(finding.compiled_file)}:{finding.compiled_line}"
    )
    via = f", reached from {' > '.join(finding.via)}" if finding.via else ""
    verb = "" if finding.compiled_because.startswith(("Keras", "Dataset")) else "compiled because of "
    return f"{verb}{finding.compiled_because} at {location}{via}"
