"""Who watches a run in a test."""


class Watcher:
    """Counts blocks, and does something at the first notice that holds a word."""

    def __init__(self, word: str = "", act: object = None) -> None:
        self.blocks = 0
        self.word, self.act = word, act

    def start(self, blocks: int) -> None: ...

    def notice(self, text: str, share: float) -> None:
        assert 0 <= share < 1
        if self.word and self.word in text and callable(self.act):
            self.word = ""
            self.act()

    def block_done(self) -> None:
        self.blocks += 1
