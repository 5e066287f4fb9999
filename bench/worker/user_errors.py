"""An error that came out of a person's own code, as they need to see it: its type, text, line and frames."""

import re
import traceback
from pathlib import Path

from cifar_core.errors import ModelError, Unsuited

HERE = Path(__file__).parents[2]
# Where frames lie that are not the person's: ours, those of libraries that call theirs, and AutoGraph's rewritten code.
_OTHERS = re.compile(
    rf"^({re.escape(str(HERE))}/(bench|cifar_core)/|<)"
    r"|[/\\](site|dist)-packages[/\\](tensorflow|keras|numpy|optree)[/\\]|[/\\]importlib[/\\]|__autograph_generated_file"
)
_FRAME = re.compile(r'^ *File "(.+?)", line (\d+)', re.MULTILINE)
# Colours, and what TensorFlow calls an op or a graph.
_NOISE = re.compile(
    r"\x1b\[\d*m|\{\{function_node [^}]*\}\} ?|( compatible with node)? ?\{\{node [^}]*\}\}|"
    r"\[_XlaMustCompile=[^\]]*\]"
)
# Lines that say that there is an error, or where, but not which.
_HEADINGS = re.compile(
    r"Exception encountered when calling|Graph execution error|Detected at node|<stack traces unavailable>|File \"|"
    r"Traceback|Stack trace|Original stack|The op is created at|\[\[|\[Op:|\^|~|\d+ root error|\(\d+\) "
)


def described(error: BaseException) -> tuple[str, str]:
    """One line to say it, and the traceback to act on."""
    text = _NOISE.sub("", str(error)).strip()
    if isinstance(error, ModelError | Unsuited):  # of which AutoGraph may have made a text of its own
        return text.rpartition(f"{type(error).__name__}: ")[2], text
    rewritten = text.startswith("in user code:")  # AutoGraph's errors hold the person's frames in their text
    frames = [] if rewritten else _own_frames(error)
    places = [f"{f.filename}:{f.lineno}" for f in frames]
    if rewritten or "Detected at node" in text:  # the line that made the op, not the one that ran the graph
        named = [f"{file}:{line}" for file, line in _FRAME.findall(text) if not _OTHERS.search(file)]
        places = named or places
    line = _line(text, rewritten)
    kind = type(error).__name__
    summary = line if rewritten else f"{kind}: {line}" if line else kind
    message = f"{summary} ({_short(places[-1])})" if places else summary
    if rewritten:
        return message, _without_ours(text)
    calls = traceback.format_list(frames) if frames else traceback.format_tb(error.__traceback__)
    return message, "".join(["Traceback (most recent call last):\n", *calls, f"{kind}: {text}\n"])


def _own_frames(error: BaseException) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(error.__traceback__) if not _OTHERS.search(frame.filename)]


def _without_ours(text: str) -> str:
    """AutoGraph's text without the frames, a line of place and one of code, that are not the person's."""
    lines, kept = text.splitlines(), list[str]()
    while lines:
        line = lines.pop(0)
        if (frame := _FRAME.match(line)) and _OTHERS.search(frame[1]):
            lines = lines[1:]
        else:
            kept.append(line)
    return "\n".join(kept)


def _line(text: str, rewritten: bool) -> str:
    """The line that says it: of AutoGraph's text the one after the frames, else `telling`."""
    if not rewritten:
        return telling(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"^[A-Za-z_][\w.]*(Error|Exception|Warning|Exit|Stop\w*)\b:", line)]
    return named[-1] if named else lines[-1]


def telling(text: str) -> str:
    """The first line of an error's text that is neither a heading nor a frame of a traceback; '' of an empty text."""
    lines, informative = [line for line in _NOISE.sub("", text).splitlines() if line.strip()], list[str]()
    for before, line in zip(["", *lines], lines, strict=False):
        code = before.lstrip().startswith('File "') and line.startswith("    ")
        if not code and not _HEADINGS.match(line.strip()):
            informative.append(line.strip())
    return (informative or [line.strip() for line in lines] or [""])[0]


def _short(place: str) -> str:
    """Relative to the current folder where the file lies in it."""
    here = str(Path.cwd()) + "/"
    return place.removeprefix(here)
