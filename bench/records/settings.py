"""SETTINGS: what `advise` can try on a mode, by the names under which plans keep them."""

from dataclasses import dataclass

from bench.errors import unknown


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to try. `kind`: what `--try` calls it, with others; `keep`: what to type or write to have it always.

    `variables` are set in the process' environment, `preload` names a library that is loaded before all others,
    `xla_flag` is added to XLA_FLAGS, `grappler` are options of tf.config.optimizer. `needs`: 'xla' where only a mode
    that XLA compiles can be changed by it, 'graph' where only one that has a graph can.
    """

    name: str
    kind: str
    title: str
    keep: str
    variables: tuple[tuple[str, str], ...] = ()
    preload: str = ""
    xla_flag: str = ""
    grappler: tuple[tuple[str, bool], ...] = ()
    needs: str = ""


def _exported(name: str, kind: str, title: str, variable: str, value: str) -> Setting:
    return Setting(name, kind, title, f"export {variable}={value}", ((variable, value),))


def _xla(name: str, title: str, flag: str) -> Setting:
    return Setting(name, "xla-flags", title, f"export XLA_FLAGS={flag}", xla_flag=flag, needs="xla")


def _without(name: str, title: str, option: str) -> Setting:
    keep = f'tf.config.optimizer.set_experimental_options({{"{option}": False}})'
    return Setting(name, "grappler", f"Grappler without its {title}", keep, grappler=((option, False),), needs="graph")


_LD = "export LD_PRELOAD="
SETTINGS = (
    _exported("threads-intra-1", "threads", "one thread inside an op", "TF_NUM_INTRAOP_THREADS", "1"),
    _exported("threads-inter-1", "threads", "one op at a time", "TF_NUM_INTEROP_THREADS", "1"),
    Setting(
        "tcmalloc", "allocator", "tcmalloc", "export LD_PRELOAD=libtcmalloc_minimal.so.4", preload="tcmalloc_minimal"
    ),
    Setting("jemalloc", "allocator", "jemalloc", f"{_LD}libjemalloc.so.2", preload="jemalloc"),
    _exported("huge-pages", "allocator", "huge pages", "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"),
    _xla("xla-fast-math", "XLA's fast math", "--xla_cpu_enable_fast_math=true"),
    _xla("xla-512-bit", "XLA's 512-bit vectors", "--xla_cpu_prefer_vector_width=512"),
    _exported("onednn-on", "onednn", "oneDNN on", "TF_ENABLE_ONEDNN_OPTS", "1"),
    _exported("onednn-off", "onednn", "oneDNN off", "TF_ENABLE_ONEDNN_OPTS", "0"),
    _without("no-remapper", "remapper", "remapping"),
    _without("no-layout", "layout optimizer", "layout_optimizer"),
)


def setting(name: str) -> Setting:
    """The setting of that name. Raises BenchError for another."""
    chosen = next((each for each in SETTINGS if each.name == name), None)
    if chosen is None:
        raise unknown("setting", name, [each.name for each in SETTINGS], "--try")
    return chosen
