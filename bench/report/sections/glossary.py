"""The glossary: what each column, each interval and each verdict means, by the key under which tables name it."""

from collections.abc import Sequence
from dataclasses import replace

from bench.report.form.card import Term, Terms
from bench.report.form.document import Section, Table
from bench.report.sections import more_terms

TERMS = {
    # intervals and repetition: in every run's glossary
    "speedup": (
        "speedup",
        "The baseline's step time divided by the mode's, from neighbouring slices of the same rounds. 1.93x: the mode "
        "takes 1/1.93 of the time. Where the whole interval lies below 1 it is turned round: 1.7x slower.",
    ),
    "this_run": ("this run", "95 % interval over this run's repetitions. More repetitions make it narrower."),
    "over_time": (
        "over time",
        "95 % interval for the same comparison in other runs on this machine: it adds the run-to-run spread. Headlines "
        "and verdicts use it.",
    ),
    "aa_control": (
        "A/A control",
        "The baseline measured against itself, as a second configuration in every repetition. Its interval should "
        "contain 1; it shows what this machine can resolve.",
    ),
    "repetition": (
        "repetition",
        "Fresh processes for every mode, all alive at once, interleaved slice by slice. What repeats independently.",
    ),
    "slice": ("slice", "Some consecutive steps timed together."),
    # the main table
    "title": ("mode", "The way a step is executed."),
    "step_s": ("step", "Median time of a training step over a repetition's slices, averaged over repetitions."),
    "images_per_s": ("images/s", "The batch size over the time of a step."),
    "ratio": ("speedup", "The baseline's time over the mode's; above 1 the mode is faster."),
    "accuracy": (
        "test accuracy",
        "Mean over seeds at the end of a training of its own; behind it the difference from the baseline in points, "
        "with its 90 % interval.",
    ),
    "target": ("time to target", "Mean seconds of training until the target test accuracy, start-up included."),
    "startup_s": ("start-up", "Building the model, then the first step with its tracing and compilation."),
    "first_step_times": ("first step", "How many times as long as the baseline's; intervals in tables/steady.csv."),
    "cpu_times": ("CPU time", "How many times the baseline's CPU time of a step."),
    "memory_times": ("memory", "How many times the baseline's peak memory."),
    "break_even": (
        "break-even",
        "Training steps until the extra start-up cost is recovered. Never: the steps are slower too.",
    ),
    "verdict": (
        "verdict",
        "FASTER, SLOWER: significant after Holm's correction, and more than the A/A difference. LIKELY: the same from "
        "fewer than six repetitions. SAME: the whole interval lies within 3 % of 1. UNCERTAIN: none of these.",
    ),
    "reason": ("why", "What the verdict rests on, or the reason why there is none."),
    "p_holm": (
        "p",
        "Probability of a difference this large if there were none, after Holm's correction over all comparisons.",
    ),
    "cpu_ratio": ("speedup in CPU time", "The baseline's CPU time of a step over the mode's."),
    "ratio_all_slices": (
        "with disturbances",
        "The speedup over all slices; the headline's takes the median of rounds.",
    ),
    "image_s": ("µs an image", "The time of a step over the batch size."),
    "batch_size": ("batch size", "Examples in a step."),
    "number_of_threads": ("number of threads", "TensorFlow's threads, inside an op and between ops."),
    # start-up
    "build_s": ("build", "Making the model, the optimizer and, in TF1 style, the graph."),
    "first_call_s": ("first step", "The first step, tracing and compilation included, until it is done."),
    "trace_s": (
        "of it, trace",
        "The part of the first step in which Python makes the graph; a dash where it is no stage of its own.",
    ),
    "predicted": ("predicted", "The break-even that the run predicts."),
    "trained": ("trained", "Half or twice as many steps, trained from nothing."),
    "baseline_s": ("baseline in all", "The baseline's total for them, building, tracing and compiling included."),
    "candidate_s": ("mode in all", "The mode's total."),
    "total_ratio": ("speedup in all", "The baseline's total over the mode's."),
    "expected": ("expected", "On which side of 1 the prediction puts it."),
    "prediction": ("prediction", "Whether the whole interval lies on that side."),
    # CPU time, memory, graphs
    "cpu_s": ("CPU time a step", "CPU time of all threads of the process, over the steps."),
    "cores": ("cores busy", "CPU time over wall time."),
    "memory": ("peak memory", "The process' high-water mark, TensorFlow included."),
    "growth_bytes": (
        "growth while timed",
        "Resident memory after the last slice less that before the first; the median repetition.",
    ),
    "device_peak_bytes": ("GPU memory, peak", "The high-water mark of TensorFlow's GPU allocator."),
    "calls": ("calls from Python", "How many ops, or whole graphs, Python called for a step."),
    "outside_share": (
        "Python/dispatch overhead",
        "The share of a step in which no op was executed: Python, dispatch, gradient tape, feeding.",
    ),
    "graph_ops": (
        "operations, after Grappler",
        "Operations of the traced graph, and of the one left by TensorFlow's optimiser.",
    ),
    "fusions": (
        "HLO instructions",
        "Instructions that XLA is given, that it runs, and the number of fused instructions.",
    ),
    "operation": ("operation", "A kind of TensorFlow operation, by its name in a graph."),
    "operation_cpu_s": (
        "a mode's column",
        "CPU milliseconds a step in that operation, all threads, profiled on one core.",
    ),
    "at_peak": (
        "at the matmul peak",
        "The share of the cores' time that the step's floating-point operations would take at that peak.",
    ),
    "slower_products": (
        "products slower than that",
        "What convolutions and matrix products take beyond it: small shapes, layouts, memory.",
    ),
    "other_operations": (
        "other operations",
        "Pooling, activations, the optimizer: bound by memory more than by arithmetic.",
    ),
    "outside": ("Python and runtime", "CPU time in which no operation is executed."),
    "idle": ("idle cores", "Time of the cores in which this process used no CPU."),
    "flops_per_s": ("GFLOP/s", "Floating-point operations of a step over its time, in billions."),
    "peak_flops_per_s": (
        "of the matmul peak",
        "That rate over the fastest product of two large matrices on the same device.",
    ),
    # equal work, proof of mode
    "loss_difference": (
        "first loss differs by",
        "The first step's loss against the baseline's, relative, the largest over repetitions.",
    ),
    "gradient_units": (
        "first gradients by (rounding units)",
        "The largest distance of a weight's first gradient from the baseline's; a unit is how far rounding moves it.",
    ),
    "gradient_difference": (
        "first gradients by",
        "The first gradients' distance from the baseline's, over their length.",
    ),
    "curve_difference": ("first losses by", "The same as the first loss, over the short loss curve before timing."),
    "updates": (
        "updates counted / asked for",
        "The optimizer's own count of its updates, and the steps it was asked for.",
    ),
    "replayed": (
        "updates taken again",
        "How many first updates were repeated after the last slice, and whether the same came out.",
    ),
    "difference_10": (
        "after 10 updates by",
        "The length of all weights' change after 10 updates against the baseline's, relative.",
    ),
    "difference_40": ("after 40 updates by", "The same after 40."),
    "update_units": (
        "update against float64",
        "The largest distance of a weight's update from Adam's formula, in rounding units.",
    ),
    "calls_in_words": ("a step calls", "What Python calls in one step: ops one by one, or graphs."),
    "traces": ("traces", "How often Python ran to make a graph of the step."),
    "traces_while_timing": ("while timed", "Traces while it was timed; any makes the mode INVALID."),
    "traced_ops": ("graph ops", "Operations of the traced graph, loop bodies included."),
    "loops": ("loops", "While loops in it."),
    "xla_compilations": ("XLA compilations", "Programs that XLA had to compile whole."),
    "clusters": ("XLA clusters", "Parts of the graph that XLA chose to compile."),
    "hlo_instructions": ("HLO instructions", "Instructions of the program that XLA was given."),
    "devices": ("devices", "Where the loss and the variables were, by TensorFlow's account."),
}
VERDICTS = {
    "invalid": (
        "INVALID",
        "It did not compute the same thing, or did not run the way the mode claims; it has no speed.",
    ),
    "not_applicable": ("NOT APPLICABLE", "The mode cannot run the task, by its nature."),
    "not_available": ("NOT AVAILABLE", "The device or the framework is not there, or cannot be used."),
    "not_comparable": ("NOT COMPARABLE", "It failed, or its baseline did."),
}
ALWAYS = ("speedup", "this_run", "over_time", "aa_control", "repetition", "slice")


def of_columns(sections: Sequence[Section], beside: Sequence[str] = ()) -> Section:
    """The columns of these sections' tables, in order, after the terms of these keys."""
    tables = [part for s in sections for part in s.parts if isinstance(part, Table)]
    keys = dict.fromkeys((*beside, *(column.term for table in tables for column in table.columns)))
    return Section("Glossary", (Terms(tuple(term(key) for key in keys if key)),), "What each word here means")


def section(sections: Sequence[Section]) -> Section:
    """What every run's report speaks of, the columns of these sections' tables, in order, then the verdicts."""
    columns = of_columns(sections, ALWAYS)
    verdicts = Terms(tuple(Term(key, *words) for key, words in VERDICTS.items()))
    return replace(columns, parts=(*columns.parts, verdicts))


def term(key: str) -> Term:
    """A term by its key. Raises KeyError for one without an explanation."""
    return Term(key, *(TERMS.get(key) or more_terms.TERMS[key]))
