"""The section on the method: what is timed, what is not, and how intervals are computed."""

from bench.analysis.results import Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, MARGIN
from bench.report.form.document import Section


def section(run: Run) -> Section:
    """The same text for every run, with a paragraph more for a pipeline and for a GPU."""
    streamed = (_PIPELINE,) if any(case.workload.input == "pipeline" for case in run.plan.cases) else ()
    on_gpu = (_GPU,) if any(case.device != "cpu" for case in run.plan.cases) else ()
    summary = "Fresh processes, interleaved slice by slice; what is timed and what is not"
    return Section("How it is measured", (_CLOCK, *streamed, *on_gpu, _TURNS, _STATISTICS), summary)


_CLOCK = (
    "Timed, for every mode alike: the loop over the steps of a slice (Python's, or the mode's own where its "
    "name says loop, or Keras'), each step's forward pass, loss, gradients and Adam's update, and one wait for the "
    "last loss; a TF1 Session, by its nature, waits after every step. The batch already lies on the device, or, where "
    "a case's title says tf.data pipeline, is waited for. Not timed: data loading, building, tracing, "
    "compiling, communication between processes."
)
_PIPELINE = (
    "A tf.data pipeline prepares a batch whenever a step takes one, but each slice begins with its buffer full. So "
    "where a batch takes longer to prepare than a step to run, the first few steps of a slice do not wait, and all "
    "modes but one look faster than in a long training; the tf.function loop prepares each batch inside its graph, "
    "without a buffer, so its speedup includes that difference too."
)
_GPU = (
    "On a GPU the wait at a slice's end is the same: the last loss is copied back to the host, which waits for "
    "all that the GPU was given before; how long the GPU was still busy after it is measured and shown under "
    "Devices. Memory growth is on. float32 means 32 bits there too: TF32, TensorFlow's choice, is another precision."
)
_TURNS = (
    "Each repetition starts a fresh process for every mode, and two for the baseline. All are alive at once and "
    "interleaved: in each round every mode runs one slice, in random order, so that noise hits all modes alike. On a "
    "CPU under Linux these processes are forked from one that has imported TensorFlow, for this repetition, and has "
    "run nothing. Very slow modes are sampled less often: in two rounds of every second repetition."
)
_STATISTICS = (
    "A repetition's speedup is the median over rounds of the ratio of two slices timed within the same second, "
    "averaged over the baseline's two measurements: what the baseline needs more in half of the rounds, on the "
    "machine as it was loaded. `tables/steady.csv` also has the speedup over all slices, disturbed ones too, and a "
    "warning says where the two differ. There are two 95 % intervals. *This run*: Student's across repetitions "
    "(fresh processes), which hold although the run looks at them to decide whether to stop. *Over time*: that of "
    "the long-run value on this machine, with the run-to-run spread added, which is assumed until earlier runs here "
    "measure it. Verdicts: FASTER or SLOWER where p < 0.05 over time after Holm's correction over all comparisons of "
    "the run and the speedup exceeds the A/A difference, LIKELY with fewer than six repetitions; SAME where this "
    f"run's whole interval lies within the goal ({MARGIN:.0%} without one); UNCERTAIN otherwise; INVALID where a case "
    "did not compute the same thing or did not run the way the mode claims; NOT APPLICABLE where a mode cannot run the "
    "model; NOT AVAILABLE where its device cannot be used; NOT COMPARABLE where there is nothing to compare. "
    f"{ENOUGH_BLOCKS} repetitions are the least for which all on one side have p < 0.05."
)
