"""A case: one workload in one mode on one device, and the words that name it."""

from dataclasses import dataclass, replace

from cifar_core.workload import INFER, STEP, TRAIN, Workload


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a comparison: a workload under one mode on one device. `threads` 0 is TensorFlow's own choice.

    `steps_per_call` is for the modes that loop inside one call; 0 is a whole slice. `again` marks the baseline's second
    entry in a block, whose ratio to the first is the A/A difference. `slowdown` is the share of its own time that
    the case sleeps in its slices on purpose (0.05: it takes 5 % longer), to try gates and the benchmark itself.
    `steps_each` 2: it takes two steps in its slices for each that is counted, so that its step takes twice as long.
    `deterministic`: TensorFlow chooses only ops that give the same bits every time. `setting`: what `advise` tries on
    it, by its name in settings.py. `replicas`: over how many replicas tf.distribute splits the batch; 0 in the modes
    without. `hosts`: on how many machines; 0 where all replicas are on this one.
    """

    mode: str
    device: str
    threads: int
    workload: Workload
    again: bool = False
    steps_per_call: int = 0
    slowdown: float = 0.0
    deterministic: bool = False
    steps_each: int = 1
    setting: str = ""
    replicas: int = 0
    hosts: int = 0

    @property
    def key(self) -> str:
        """A stable slug: the same case has the same key in every run."""
        return f"{self.group}-{self.arm}"

    @property
    def arm(self) -> str:
        """What distinguishes this case from the others of its group."""
        calls = f"-k{self.steps_per_call}" if self.steps_per_call else ""
        slowed = f"-slowed{100 * self.slowdown:g}" if self.slowdown else ""
        spread = f"-r{self.replicas}" * bool(self.replicas) + f"-hosts{self.hosts}" * bool(self.hosts)
        times = f"-x{self.steps_each}" if self.steps_each > 1 else ""
        tried = f"-{self.setting}" if self.setting else ""
        return f"{self.mode}{spread}{calls}{slowed}{times}{tried}{'-again' if self.again else ''}"

    @property
    def variant(self) -> str:
        """What stands behind its mode's title: ', 2 replicas on 2 machines, A/A control'; '' of the mode as it is."""
        on_hosts = f" on {self.hosts} machines" if self.hosts else ""
        parts = (
            f"{self.replicas} replica{'s' * (self.replicas > 1)}{on_hosts}" if self.replicas else "",
            f"{self.steps_per_call} a call" if self.steps_per_call else "",
            f"slowed by {self.slowdown:.0%}" if self.slowdown else "",
            f"{self.steps_each} steps for each" if self.steps_each > 1 else "",
            self.setting,
            "A/A control" if self.again else "",
        )
        return "".join(f", {part}" for part in parts if part)

    @property
    def injected(self) -> float:
        """By what share of its own time a step takes longer on purpose."""
        return self.slowdown + (self.steps_each - 1) * (1 + self.slowdown)

    def is_like(self, other: "Case") -> bool:
        """Whether the two are one case, or the baseline and its A/A control."""
        return replace(self, again=other.again) == other

    @property
    def group(self) -> str:
        """What is held fixed: only cases of one group are compared."""
        w = self.workload
        threads = f"t{self.threads}" if self.threads else "tauto"
        device = self.device.replace(":", "")
        place = f"{device}-{threads}{'-det' * self.deterministic}"
        return f"{w.model_slug}{w.slug_of_task}-b{w.batch_size}-{w.precision}-{w.data}-{w.input}-s{w.seed}-{place}"

    @property
    def group_title(self) -> str:
        """The same in words, for a reader who knows the run's data and seed."""
        w = self.workload
        threads = f", {self.threads} thread{'s' * (self.threads > 1)}" if self.threads else ""
        inputs = "" if w.input == "resident" else ", tf.data pipeline"
        place = f"{self.device.upper()}{threads}{', deterministic' * self.deterministic}"
        what = {TRAIN: "", INFER: ", inference", STEP: f"({w.arguments})" if w.arguments else ""}[w.task]
        return f"{w.model_title}{what}, batch {w.batch_size}, {w.precision}{inputs}, {place}"
