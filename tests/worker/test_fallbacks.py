"""AutoGraph's fallbacks are heard."""

import logging

from bench.worker.fallbacks import Fallbacks


def test_a_function_run_as_it_is_is_named_with_its_cause() -> None:
    fallbacks = Fallbacks()
    fallbacks.attach()
    logger = logging.getLogger("tensorflow")
    logger.warning(
        "AutoGraph could not transform %s and will run it as-is.\nPlease report this.\nCause: %s\nTo silence ...",
        "<function <lambda> at 0x7f>",
        "could not parse the source code",
    )
    logger.warning("something else")
    logger.removeHandler(fallbacks)
    assert fallbacks.causes == ["<function <lambda> at 0x7f>: could not parse the source code"]
