"""What AutoGraph left as it was: it says so in TensorFlow's log, once for each function, and nowhere else."""

import logging
import re


class Fallbacks(logging.Handler):
    """Collects `function: cause` from the log while it is attached."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.causes: list[str] = []

    def attach(self) -> None:
        """Listen to TensorFlow's log, whether it is imported already or not."""
        logging.getLogger("tensorflow").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if named := re.search(r"AutoGraph could not transform (.+?) and will run it as-is", message, re.DOTALL):
            cause = re.search(r"^Cause: (.+)$", message, re.MULTILINE)
            self.causes.append(f"{named[1]}: {cause[1] if cause else 'no cause given'}")
