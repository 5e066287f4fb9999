"""What stands on a page's first screen: what the document is of, the conditions as chips, and the verdict card."""

from dataclasses import dataclass
from typing import Literal

from bench.report.form.markup import neutral, neutral_cell

Tone = Literal["good", "bad", "open"]
Sign = Literal["good", "bad", "same", "warn"]
SIGNS = {"good": "✓", "bad": "✗", "same": "=", "warn": "!"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition that the numbers belong to, in Markdown; `minor` ones are left out on a phone."""

    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """The top of a document: its title, and beside it what it is of; `tab` is the browser's title of the page.

    `data` names the images; `command` is what made it.
    """

    title: str
    data: str
    about: str = ""
    tab: str = ""
    chips: tuple[Chip, ...] = ()
    command: str = ""

    def markdown(self) -> str:
        """The title, then the conditions in a line and the command."""
        title = " ".join(text for text in (self.title, self.about) if text)
        line = " · ".join([*(chip.text for chip in self.chips), f"images: {self.data}"])
        made = f"\n\nMade by `{self.command}`." if self.command else ""
        return f"# {neutral_cell(title)}\n\n{neutral(line)}{neutral(made)}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the card in Markdown, and a small one under it; `minor` ones are left out on a phone."""

    sign: Sign
    line: str
    small: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """The answer: what to do, one number or word, its intervals by the glossary's key, facts, and how sure it is.

    A `gate`'s card says what it judged in a `sentence`.
    """

    title: str
    value: str
    unit: str = ""
    ranges: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    facts: tuple[Fact, ...] = ()
    sure: str = ""
    tone: Tone = "good"

    def markdown(self) -> str:
        """A bold line, then the facts as a list and how sure it is."""
        ranges = "; ".join(f"{term.replace('_', ' ')} {words}" for term, words in self.ranges if words)
        head = f"**{self.title}: {self.value}**{f' {self.unit}' if self.unit else ''}{f' ({ranges})' if ranges else ''}"
        facts = [f"- {SIGNS[fact.sign]} {fact.line}{f' ({fact.small})' if fact.small else ''}" for fact in self.facts]
        paragraphs = [f"{head}.", self.sentence, "\n".join(facts), f"How sure: {self.sure}" if self.sure else ""]
        return "\n\n".join(neutral(text) for text in paragraphs if text)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary: the key by which columns and cards name it, the word, its meaning."""

    key: str
    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The glossary."""

    terms: tuple[Term, ...]

    def markdown(self) -> str:
        """A list."""
        return neutral("\n".join(f"- **{term.word}**: {term.meaning}" for term in self.terms))
