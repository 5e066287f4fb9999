"""The glossary: every column of the report's tables and every verdict, in a sentence each."""

from collections.abc import Sequence

from bench.report.form.document import Section, Table

TERMS = {
    "case": "what is held fixed in a comparison: model, batch, precision, device, threads.",
    "mode": "the way a step is executed; “(again)” is the baseline's second entry in each block.",
    "step (ms)": "the median time of a training step over a block's slices, averaged over blocks.",
    "images/s": "the batch size over the time of a step.",
    "µs an image": "the time of a step over the batch size.",
    "times as fast": "the baseline's time over the mode's, the median over rounds; above 1: faster. The 95 % "
    "interval is that of this run.",
    "over time": "the 95 % interval of the speedup's long-run value on this machine, run-to-run spread included.",
    "in CPU time": "the baseline's CPU time of a step over the mode's, all threads together.",
    "verdict": "what may be said of a mode against the baseline; see the words below.",
    "why": "the p-value behind the verdict, or the reason there is none.",
    "build (s)": "making the model, the optimizer and, in TF1 style, the graph.",
    "first call (s)": "the first step, tracing and compiling included, until it is done.",
    "of it, trace (s)": "the part of the first call in which Python makes the graph; a dash where it is no stage "
    "of its own.",
    "both (s)": "building and the first call.",
    "repaid after": "steps after which a dearer start has been saved again; “never” where steps are slower too.",
    "CPU time a step (ms)": "CPU time of all threads of the process, over the steps.",
    "cores busy": "CPU time over wall time.",
    "peak memory (MiB)": "the process' high-water mark, TensorFlow included.",
    "growth while timed (MiB)": "resident memory after the last slice less that before the first; the median block.",
    "GPU memory, peak (MiB)": "the high-water mark of TensorFlow's GPU allocator.",
    "from Python, a step": "how many ops, or whole graphs, Python called for a step.",
    "outside kernels": "the share of the time in which no op was executed: Python, dispatch, gradient tape, feeding.",
    "operations, after Grappler": "operations of the traced graph, and of the one left by TensorFlow's optimiser.",
    "HLO instructions, optimised (fusions)": "instructions that XLA is given, that it runs, and how many of those are "
    "several in one.",
    "GFLOP/s": "floating-point operations of a step over its time, in billions.",
    "of the matmul peak": "that rate over the fastest product of two large matrices on the same device.",
    "first loss differs by": "the first step's loss against the baseline's, relative, the largest over blocks.",
    "first gradients by (rounding units)": (
        "the largest distance of a weight's first gradient from the baseline's; a unit is how far rounding moves it."
    ),
    "first gradients by": "the first gradients' distance from the baseline's, over their length.",
    "first losses by": "the same as the first loss, over the short loss curve before timing.",
    "updates counted / asked for": "the optimizer's own count of its updates, and the steps it was asked for.",
    "updates taken again": "how many first updates were repeated after the last slice, and whether the same came out.",
    "after 10 updates by": "the length of all weights' change after 10 updates against the baseline's, relative.",
    "after 40 updates by": "the same after 40.",
    "update against float64 (rounding units)": "the largest distance of a weight's update from Adam's formula.",
    "a step calls": "what Python calls in one step: ops one by one, or graphs.",
    "traces": "how often Python ran to make a graph of the step.",
    "while timed": "traces inside the clock; any makes the case INVALID.",
    "graph ops": "operations of the traced graph, loop bodies included.",
    "loops": "while loops in it.",
    "XLA compilations": "programs that XLA had to compile whole.",
    "XLA clusters": "parts of the graph that XLA chose to compile.",
    "HLO instructions": "instructions of the program that XLA was given.",
    "devices": "where the loss and the variables were, by TensorFlow's account.",
    "batch size": "examples in a step.",
    "speedup over all": "the geometric mean of a mode's speedups over its models, with its 95 % interval.",
    "valid models": "in how many of the models the mode did the baseline's work and was what its name says.",
    "median (ms)": "of single calls, each waited for: half of them take no longer.",
    "95th percentile (ms)": "95 of 100 calls take no longer.",
    "99th percentile (ms)": "99 of 100 calls take no longer.",
    "calls": "single calls, over all repetitions.",
    "number of threads": "TensorFlow's threads, inside an op and between ops.",
    "predicted": "the break-even that the run had found.",
    "trained (steps)": "half or twice as many steps, trained from nothing.",
    "baseline in all (s)": "the baseline's total for them, building, tracing and compiling included.",
    "mode in all (s)": "the mode's.",
    "times as fast in all": "the one over the other.",
    "expected": "on which side of 1 the prediction puts it.",
    "prediction": "whether the whole interval lies on that side.",
    "seeds": "trainings that came to their end.",
    "test accuracy (mean ± sd)": "of the 10,000 test images at the end, over seeds.",
    "of 1,000 training images": "accuracy on images that were trained on.",
    "difference (points, 90 %)": "from the baseline's test accuracy, paired by seed, in percentage points.",
    "ms a step": "time of a training step, input pipeline included, first call left out.",
    "waiting for data": "the share of the time spent waiting for the next batch.",
    "reached": "in how many seeds the target was reached.",
    "steps (mean)": "after how many steps.",
    "seconds, all": "after how many seconds, building and first call included.",
    "seconds, first call left out": "the same without them.",
    "first call left out": "times as soon as the baseline, without building and first call.",
    "block": "a fresh process for each case; what repeats independently.",
    "stage": "how far a case had come: open, build, warmup, slice, close.",
    "what happened": "the error's own words.",
    "slices timed": "how many slices a case had before it failed.",
    "what": "a condition that the numbers belong to.",
    "value": "what it was.",
    "what was compared": "the two that a published figure holds against each other.",
    "published": "the figure, as its source gives it.",
    "source": "where it was published.",
    "here": "the group of this run that comes nearest.",
    "ours": "times as fast in this run, with its 95 % interval.",
    "before comparing": "what is not the same here and there.",
    "batch": "examples in a step.",
    "device": "where the mode ran.",
    "against": "the device that it is held against, in the same mode.",
    "step there (ms)": "the time of a step on that other device.",
    "computing ops": "ops of a step that compute with floating-point numbers, and where they ran.",
    "moved": "what a step copied between the host's memory and the card's.",
    "one wait a slice (ms a step)": "the time of a step where the mode waits for the device at a slice's end.",
    "one wait a step (ms a step)": "the same steps with a wait after each.",
    "times as long": "the one over the other: what waiting each step costs.",
    "left to do, at most (ms)": "how long the card was still busy when the mode's own wait was over.",
    "moving it (ms)": "copying one batch from the host's memory to the card's, not in the clock.",
    "of the fastest mode's step": "that copy over the step of the fastest mode.",
    "fastest mode": "the mode with the shortest step on that device.",
    "card": "the GPU, as its driver names it.",
    "SM clock (MHz)": "the clock of its multiprocessors, read between slices.",
    "memory clock (MHz)": "the clock of its memory, read between slices.",
    "power (W)": "what the card drew, read between slices.",
    "°C, before to hottest": "its temperature before the case and the highest between slices.",
    "slices held down": "slices in which the card's clocks were held down; they stay in every number.",
    "others on the card": "other processes that used the card.",
    "rule": "what the numbers of any machine must satisfy.",
    "checked": "how many numbers it was put to.",
    "result": "whether all of them hold.",
}
_BEGINNINGS = {
    "times as fast as ": TERMS["times as fast"],
    "times as soon as ": "the baseline's time to the target over the mode's, by seed.",
    "mode, to ": TERMS["mode"],
}
VERDICTS = {
    "FASTER, SLOWER": "p < 0.05 over time, after Holm's correction, and more than the A/A difference.",
    "LIKELY FASTER, LIKELY SLOWER": "the same from two to five repetitions: an indication, no claim.",
    "NO VERDICT": "one repetition has no interval.",
    "SAME": "this run's whole interval lies within the preset's goal of 1 (3 % where there is none).",
    "UNCERTAIN": "neither of these could be shown.",
    "INVALID": "it did other work than the baseline, or was not what its name says; it has no speed.",
    "NOT APPLICABLE": "the mode cannot hold the task, by its nature.",
    "NOT AVAILABLE": "the device is not there, or cannot be used.",
    "NOT COMPARABLE": "it failed, or its baseline did.",
    "A/A control": "the baseline measured twice: how far it differs from itself, with its interval.",
}


def section(sections: Sequence[Section]) -> Section:
    """The columns of these sections' tables, in order, then the verdicts."""
    tables = [part for s in sections for part in s.parts if isinstance(part, Table)]
    titles = dict.fromkeys(column.title for table in tables for column in table.columns)
    columns = "\n".join(f"- **{title}**: {meaning(title)}" for title in titles)
    verdicts = "\n".join(f"- **{words}**: {text}" for words, text in VERDICTS.items())
    return Section("Glossary", ("### Columns", columns, "### Verdicts", verdicts))


def meaning(title: str) -> str:
    """What a column holds. Raises KeyError for a column without an explanation."""
    by_beginning = next((text for start, text in _BEGINNINGS.items() if title.startswith(start)), "")
    return by_beginning or TERMS[title]
