"""The options of `run` as --help shows them, in groups; `pytest bench` takes them over."""

from pathlib import Path
from typing import Annotated, Any

from typer import Option

from bench.records.choices import DEFAULTS

WHAT, HOW_LONG, WHERE = "What is timed", "How long", "Where it goes and what is printed"
LEARNS, FLEET = "Does it learn the same", "Several machines"


def _option(panel: str, *names: str, **settings: Any) -> Any:
    return Option(*names, rich_help_panel=panel, **settings)


def _without_default(panel: str, *names: str, **settings: Any) -> Any:
    return _option(panel, *names, show_default=False, **settings)


Modes = Annotated[str, _option(WHAT, help="Modes or groups of modes, with commas: see `list`.")]
Models = Annotated[
    str, _option(WHAT, "--models", "--model", help="Models, with commas: see `list`; your own as module:factory.")
]
Step = Annotated[
    str | None,
    _without_default(WHAT, help="Instead of a model, a step of your own: module:function or file.py:function."),
]
Args = Annotated[str, _without_default(WHAT, help="What that function is called with: 'tf.constant(1.0), 3'.")]
Task = Annotated[str, _option(WHAT, help="train, or infer: a forward pass, with the latency of single calls.")]
BatchSizes = Annotated[str, _option(WHAT, help="Batch sizes, with commas.")]
Devices = Annotated[str, _option(WHAT, help="cpu, gpu or gpu:N, with commas.")]
Threads = Annotated[str, _option(WHAT, help="CPU threads, with commas; 0 is TensorFlow's choice.")]
Dtypes = Annotated[
    str | None, _option(WHAT, help="float32, tf32 ..., with commas: see `list`.", show_default=DEFAULTS.dtypes)
]
Inputs = Annotated[str, _option(WHAT, help="resident (on the device), pipeline (tf.data), with commas.")]
StepsPerCall = Annotated[str, _option(WHAT, help="For modes that loop in a call; 0 is a slice, in Keras 1.")]
Replicas = Annotated[str, _option(WHAT, help="For mirrored and multi_worker, with commas; 0: all GPUs, 2 on a CPU.")]
Hosts = Annotated[
    str, _without_default(WHAT, help="For multi_worker: host:port of each machine; type the command on each.")
]
Data = Annotated[str, _option(WHAT, help="auto, synthetic, or the folder of CIFAR-10's batch files.")]
Seed = Annotated[int, _option(WHAT, help="For weights, batches and the order of the modes.")]
SlowDown = Annotated[
    str | None, _without_default(WHAT, help="Slow a mode down on purpose, to try gates: 'function 5%'.")
]
Determinism = Annotated[bool, _option(WHAT, "--determinism", help="Only ops that give the same bits every time.")]
Probe = Annotated[bool, _option(WHAT, help="Check first that your own models do the same in each mode.")]

Preset = Annotated[str, _option(HOW_LONG, help="quick, standard or thorough: see `list`.")]
TargetCi = Annotated[
    str | None,
    _without_default(HOW_LONG, help="Keep adding repetitions until each 95 % interval is within this: 2%."),
]
Budget = Annotated[
    str | None,
    _without_default(HOW_LONG, help="Time limit: no new repetition starts if it would not fit: 90s, 10m, 1h."),
]
TimeLimit = Annotated[
    str | None,
    _option(HOW_LONG, help="End a process that says nothing for so long: 90s, 5m.", show_default="5m"),
]
Blocks = Annotated[
    int | None,
    _without_default(
        HOW_LONG, min=1, help="Run so many repetitions, whatever the preset; with --resume, so many more."
    ),
]

Out = Annotated[Path | None, _option(WHERE, help="A new run folder.", show_default="results/<time>-<preset>")]
Resume = Annotated[
    Path | None,
    _without_default(WHERE, help="Continue this run: of what is timed only --data and --probe count then."),
]
RetryFailed = Annotated[bool, _option(WHERE, "--retry-failed", help="With --resume: repeat what failed.")]

Trace = Annotated[
    bool, _option(WHERE, "--trace", help="Keep a trace of each mode's steps, for Perfetto and TensorBoard.")
]
Json = Annotated[bool, _option(WHERE, "--json", help="One JSON object on stdout, as in summary.json; else stderr.")]
Quiet = Annotated[bool, _option(WHERE, "--quiet", "-q", help="No progress and no notes: the result, and errors.")]
Wait = Annotated[
    bool,
    _option(WHERE, "--wait/--no-wait", help="Wait while another command is timing here, or end with code 2."),
]

Accuracy = Annotated[
    bool, _option(LEARNS, "--accuracy", help="Train the modes after the timing: speed beside accuracy.")
]
Seeds = Annotated[int, _option(LEARNS, min=1, help="How many seeds, counted from --seed.")]
Steps = Annotated[int, _option(LEARNS, min=0, help="Training steps; 0 is the recipe's own number.")]

On = Annotated[
    str | None, _without_default(FLEET, help="Not here, but on the machines of this scheduler: see `fleet`.")
]
EachMachine = Annotated[bool, _option(FLEET, "--each-machine", help="With --on: one whole run on each of them.")]
Tls = Annotated[Path | None, _without_default(FLEET, help="The folder with ca.pem, cert.pem, key.pem of a fleet.")]

OldDtypes = Annotated[str | None, Option("--precisions", hidden=True)]
OldTargetCi = Annotated[str | None, Option("--precision", hidden=True)]
