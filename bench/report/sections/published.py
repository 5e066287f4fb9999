"""The section of published results next to this run's, with their sources and what differs."""

from dataclasses import dataclass

from bench.analysis.paired import ratio_between
from bench.analysis.results import GroupResult, Run
from bench.analysis.stats.ratios import Summary
from bench.report.form.document import Column, Row, Section, Table, column, summary_of
from bench.report.form.wording import speedup_interval

_READING = (
    "What others have published on the same question. None was made on this machine, and none was interleaved or has "
    "intervals, so a difference from them contradicts nobody; read the last column first."
)


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """A published speedup of `ahead` over `behind`, and the models here that come nearest to what was measured."""

    claim: str
    value: str
    source: str
    address: str
    models: tuple[str, ...]
    behind: str
    ahead: str
    caveat: str


_TREE = "https://github.com/tensorflow/tensorflow/blob"
PUBLISHED = (
    PublishedResult(
        "AutoGraph's training loop in a graph against eager, an MLP on MNIST",
        "6.4x (3.99 s against 0.623 s for 500 steps)",
        "TensorFlow's AutoGraph notebook, July 2018",
        f"{_TREE}/348c4696d2d48d4939ab19cc577e8cf98f61123f"
        "/tensorflow/contrib/autograph/examples/notebooks/ag_vs_eager_mnist_speed_test.ipynb",
        ("mlp",),
        "eager",
        "function_loop",
        "a nightly of TensorFlow 1, ten runs of one process each after the other; a smaller MLP at batch 500, and the "
        "input pipeline and a test batch are timed",
    ),
    PublishedResult(
        "auto-clustering against none, a CNN on CIFAR-10",
        "1.17x",
        "TensorFlow's tutorial “Classifying CIFAR-10 with XLA”",
        f"{_TREE}/00f0938ae85c7dd68b44b4d80a873f42b1dca16a"
        "/tensorflow/compiler/xla/g3doc/tutorials/autoclustering_xla.ipynb",
        ("tutorial_cnn", "resnet9"),
        "function",
        "autocluster",
        "on a Titan V, one training each without interval; on a CPU clusters are off unless flags ask for them",
    ),
    PublishedResult(
        "eager against tf.function, ResNet-50 on a GPU",
        "comparable",
        "TensorFlow's guide “Eager execution”",
        "https://www.tensorflow.org/guide/eager",
        ("resnet9",),
        "eager",
        "function",
        "no number is given; the guide adds that the gap grows for models with less computation",
    ),
)


def section(run: Run) -> Section:
    """A row for each published result and group that are similar; no parts where there is none."""
    rows = tuple(_row(group, published, ratio) for group in run.groups for published, ratio in _similar(group))
    columns = (
        column("what was compared", "claim"),
        column("published", "said"),
        Column("source", lambda row: f"[{row['source']}]({row['address']})", "source"),
        column("here", "group", "nearest"),
        Column("ours", lambda row: speedup_interval(summary_of(row, "ratio")), "our_ratio"),
        column("before comparing", "caveat"),
    )
    table = Table("published", columns, rows, "Published figures and this run's")
    summary = "What others report of the same question, and what is not the same"
    return Section(f"Published figures{run.label}", (_READING, table) if rows else (), summary)


def _similar(group: GroupResult) -> list[tuple[PublishedResult, Summary]]:
    """The published results that the group has a ratio for, with that ratio."""
    by_mode = {result.case.mode: result for result in group.cases if not result.case.again and result.valid}
    return [
        (published, ratio)
        for published in PUBLISHED
        if group.workload.model in published.models and published.behind in by_mode and published.ahead in by_mode
        if (ratio := ratio_between(by_mode[published.behind], by_mode[published.ahead]))
    ]


def _row(group: GroupResult, published: PublishedResult, ratio: Summary) -> Row:
    return {
        "group": group.title,
        "claim": published.claim,
        "said": published.value,
        "source": published.source,
        "address": published.address,
        "caveat": published.caveat,
        "ratio": ratio,
    }
