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
_NOISE = re.compile(r"\x1b\[\d*m|\{\{function_node [^}]*\}\} ?")  # colours, and what TensorFlow calls an op


def described(error: BaseException) -> tuple[str, str]:
    """One line to say it, and the traceback to act on."""
    text = _NOISE.sub("", str(error)).strip()
    if isinstance(error, ModelError | Unsuited):
        return text, text
    rewritten = text.startswith("in user code:")  # AutoGraph's errors hold the person's frames in their text
    frames = [] if rewritten else _own_frames(error)
    places = [f"{f.filename}:{f.lineno}" for f in frames]
    if rewritten:
        places = [f"{file}:{line}" for file, line in _FRAME.findall(text) if not _OTHERS.search(file)]
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
    """The line that says it: of AutoGraph's text the one after the frames, else the first that is no mere heading."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if rewritten:
        named = [line for line in lines if re.match(r"^[A-Za-z_][\w.]*(Error|Exception|Warning|Exit|Stop\w*)\b:", line)]
        return named[-1] if named else lines[-1]
    telling = [line for line in lines if not line.startswith("Exception encountered when calling")]
    return (telling or lines or [""])[0]


def _short(place: str) -> str:
    """Relative to the current folder where the file lies in it."""
    here = str(Path.cwd()) + "/"
    return place.removeprefix(here)
