"""The step timed by asv, which finds it in the folder of benchmarks that for_real.py makes."""


def time_step() -> None:
    from step import ready

    ready()()


time_step.timeout = 600.0  # of which the first call, where a busy machine loads TensorFlow, may take a minute
