"""Sentences in both languages: what is wrong with a file or a row, told to whoever reads it in his own."""

from collections.abc import Iterable
from typing import Any, Literal, TypeVar

from gis.errors import WallError
from layers.importers.words import WORDS

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
E = TypeVar("E", bound=WallError)


class Said:
    """A key of the table of words with what fills its places, other sentences among them."""

    __slots__ = ("key", "places")

    def __init__(self, key: str, /, **places: Any) -> None:
        if key not in WORDS:
            raise KeyError(f"there are no words for {key}")
        self.key, self.places = key, places

    @property
    def code(self) -> str:
        """The stable code that the sentence belongs to."""
        return self.key.partition(".")[0]

    def about(self, **places: Any) -> "Said":
        """The same sentence with more of its places filled."""
        return Said(self.key, **{**self.places, **places})

    def told(self, language: Language) -> str:
        """Return the sentence."""
        filled = {name: told(value, language) for name, value in self.places.items()}
        return WORDS[self.key][LANGUAGES.index(language)].format(**filled)

    def __str__(self) -> str:
        return self.told("en")

    def __repr__(self) -> str:
        return f"Said({self.key!r}, {self.places!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


def told(value: Any, language: Language) -> Any:
    """Return a value as it stands in a sentence: sentences in the language, lists with its commas."""
    if isinstance(value, Said):
        return value.told(language)
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(str(told(one, language)) for one in value)
    return value


def name_of(topic: str, name: str) -> "Said | str":
    """What a layer, a column or a shape is called, by itself where the table does not have it."""
    key = f"{topic}.{name}"
    return Said(key) if key in WORDS else name


def names_of(topic: str, names: Iterable[str]) -> list["Said | str"]:
    """The same for several."""
    return [name_of(topic, name) for name in names]


def refusal(kind: type[E], key: str, /, **places: Any) -> E:
    """Return a deliberate error that can be told in both languages; its own sentence is English, as the API's are."""
    said = Said(key, **places)
    return kind(said.told("en"), code=said.code, said=said)


def told_error(error: WallError, language: Language) -> str:
    """Return what an error says, in the language where it can say it in both."""
    said = error.extra.get("said")
    if isinstance(said, Said):
        return said.told(language)
    if error.code in WORDS:
        try:
            return Said(error.code, **error.extra).told(language)
        except KeyError:
            pass  # it does not bring what the sentence needs
    return error.detail
