"""Settings that are tried do act in a child: its threads, its libraries, its kernels."""

import os
import subprocess
import sys

import pytest

from bench.machine.environment import cpu_features
from bench.machine.settings import environment, missing
from bench.records.environment import onednn_used
from bench.records.settings import setting

CHILD = """
import pathlib
import tensorflow as tf
product = tf.function(lambda a: tf.nn.relu(tf.matmul(a, a) + 1))
tf.profiler.experimental.start('TRACES', tf.profiler.experimental.ProfilerOptions(2, 0, 1))
product(tf.ones((64, 64))).numpy()
tf.profiler.experimental.stop()
traced = b''.join(file.read_bytes() for file in pathlib.Path('TRACES').rglob('*.xplane.pb'))
tasks = [task.joinpath('comm').read_text().strip() for task in pathlib.Path('/proc/self/task').iterdir()]
print(tasks.count('tf_Compute'), b'_Mkl' in traced, 'malloc' in pathlib.Path('/proc/self/maps').read_text())
"""


def seen(name: str, folder: str) -> list[str]:
    env = environment(name, {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"})
    words = [sys.executable, "-c", CHILD.replace("TRACES", folder)]
    return subprocess.run(words, env=env, capture_output=True, text=True, check=True, timeout=300).stdout.split()


@pytest.mark.skipif(sys.platform != "linux", reason="threads and libraries are read from /proc")
def test_a_setting_changes_the_threads_and_the_kernels_of_a_child(tmp_path: object) -> None:
    """One thread between ops; oneDNN's kernels where it is on, which by default depends on the CPU."""
    threads, onednn, _ = seen("threads-inter-1", f"{tmp_path}/inter")
    assert threads == "1"
    assert onednn == str(onednn_used(os.environ, cpu_features()))
    assert seen("onednn-off", f"{tmp_path}/off")[1] == "False"
    assert seen("onednn-on", f"{tmp_path}/on")[1] == "True"


@pytest.mark.skipif(bool(missing(setting("tcmalloc"))), reason="tcmalloc is not installed")
def test_an_allocator_is_loaded(tmp_path: object) -> None:
    assert seen("tcmalloc", f"{tmp_path}/malloc")[2] == "True"
