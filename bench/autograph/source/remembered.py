"""Methods whose answers are kept, because rules ask the same questions over and over."""

from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Remembering(Protocol):
    """An object that keeps the answers of its methods: by method, then by arguments."""

    answers: dict[str, dict[Hashable, Any]]


Asked = TypeVar("Asked", bound=Remembering)


def remembered(
    method: Callable[Concatenate[Asked, Arguments], Answer],
) -> Callable[Concatenate[Asked, Arguments], Answer]:
    """The method, run once for each combination of (positional) arguments in the life of its object."""
    name = method.__name__

    def answer(asked: Asked, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> Answer:
        kept = asked.answers.setdefault(name, {})
        if arguments not in kept:
            kept[arguments] = method(asked, *arguments, **options)
        value: Answer = kept[arguments]
        return value

    answer.__doc__, answer.__name__ = method.__doc__, name
    return answer
