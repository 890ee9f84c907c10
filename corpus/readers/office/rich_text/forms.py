"""The forms that words have in a Rich Text file: struck out, hidden, raised, bold; and which control word sets which."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class State:
    """What holds for the words of a group."""

    destination: str = ""  # a destination whose words are not text
    font: str = ""
    skipped: int = 1  # letters after a Unicode sign that stand for it in old programs
    unseen: str = ""
    position: str = ""
    is_bold: bool = False
    colour: str = ""  # its number
    is_backed: bool = False  # by another colour than that of the page


def _unseen(reason: str) -> Callable[[State, str | None], State]:
    return lambda state, argument: replace(state, unseen="" if argument == "0" else f"{reason}, left out")


def _placed(position: str) -> Callable[[State, str | None], State]:
    return lambda state, argument: replace(state, position="" if argument == "0" else position)


def _backed(state: State, argument: str | None) -> State:
    return replace(state, is_backed=argument != "0")


# What changes the form of the words that follow.
CHARACTERS: dict[str, Callable[[State, str | None], State]] = {
    "f": lambda state, argument: replace(state, font=argument or ""),
    "deff": lambda state, argument: replace(state, font=argument or ""),
    "uc": lambda state, argument: replace(state, skipped=int(argument or 1)),
    "b": lambda state, argument: replace(state, is_bold=argument != "0"),
    "plain": lambda state, _: replace(state, unseen="", position="", is_bold=False, colour="", is_backed=False),
    "cf": lambda state, argument: replace(state, colour=argument or ""),
    **dict.fromkeys(("cb", "highlight", "chcbpat", "chshdng"), _backed),
    "v": _unseen("hidden"),
    "deleted": _unseen("deleted in a tracked change"),
    "strike": _unseen("struck out"),
    "striked": _unseen("struck out"),
    "super": _placed("sup"),
    "up": _placed("sup"),
    "sub": _placed("sub"),
    "dn": _placed("sub"),
    "nosupersub": _placed(""),
}


def joined(runs: list[tuple[State, str]], /) -> list[tuple[State, str]]:
    """Runs of the same form as one; halves of a sign beyond the first 65,536 put together."""
    found: list[tuple[State, str]] = []
    for state, text in runs:
        form = replace(state, font="", skipped=1)
        if found and found[-1][0] == form:
            found[-1] = (form, found[-1][1] + text)
        else:
            found.append((form, text))
    return [(state, whole(text)) for state, text in found]


def whole(text: str, /) -> str:
    """A text whose signs beyond the first 65,536 are no longer in halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
