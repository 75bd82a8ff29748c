"""From what stands in a cell to what stands in a column, or a reason why not."""

import re
from collections.abc import Callable
from typing import Any

from gis.errors import InvalidInput
from layers.camera_codes import parse_camera_code
from layers.importers.said import Said, name_of
from layers.importers.vocabulary import COMPASS, NO, YES, Vocabulary, meaning
from layers.tables import LENGTH_OF_LEVEL

LONGEST_TEXT = 200
LONGEST_ADDRESS = 1_000
LONGEST_CODE = 64
# Beyond this a floating-point number no longer holds every digit.
EXACT_BELOW = 2**53
# Statistics pad every code to twelve digits: 620821100000 is a township.
STATISTICAL_LENGTH = 12
FORMULA = re.compile(r"[=@]|[+\-](?![\d(（\s]|$)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
OWN_NUMBER = re.compile(r"#[1-9]\d{0,17}")


class BadValue(Exception):
    """A cell that cannot be taken; what it says lacks the name of the column, which only its reader knows."""

    def __init__(self, key: str, /, **places: Any) -> None:
        super().__init__(key)
        self.said = Said(key, **places)


def short(value: Any) -> str:
    """A value as it may stand in a sentence."""
    said = str(value)
    return said if len(said) <= 40 else said[:40] + "…"


def as_code(value: Any) -> str:
    """A cell as the text of a code; a number has lost digits where a float could not hold them."""
    if isinstance(value, bool):
        raise BadValue("bad_code", value=value)
    if isinstance(value, float):
        if not value.is_integer():
            raise BadValue("bad_code", value=value)
        if abs(value) >= EXACT_BELOW:
            raise BadValue("code_lost_digits", value=f"{value:.0f}")
        value = int(value)
    said = str(value).strip().strip("'\"`\u200b\ufeff")
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", said):
        raise BadValue("code_lost_digits", value=said)
    return re.sub(r"\.0+$", "", said)


def area_code(level: str) -> Callable[[Any], str]:
    """Return the reader of a level's codes."""
    length = LENGTH_OF_LEVEL[level]

    def read(value: Any) -> str:
        code = as_code(value)
        if not (code.isascii() and code.isdigit()):
            raise BadValue("bad_code.area", value=short(code), level=name_of("layer", level), digits=length)
        if len(code) == STATISTICAL_LENGTH > length and not code[length:].strip("0"):
            code = code[:length]
        if len(code) != length:
            raise BadValue(
                "bad_code.digits",
                value=short(code),
                length=len(code),
                level=name_of("layer", level),
                digits=length,
            )
        return code

    return read


def camera_code(value: Any) -> str:
    """Read a camera's GB/T 28181 code."""
    code = as_code(value)
    try:
        parse_camera_code(code)
    except InvalidInput as error:
        which = next(iter(error.extra), None)
        key = f"bad_camera_code.{which}" if which else "bad_camera_code"
        raise BadValue(key, value=short(code), **error.extra) from None
    return code


def own_code(value: Any) -> str:
    """Read the code that an office gave its thing, or `#17`, the number that the wall gave it."""
    code = as_code(value)
    if len(code) > LONGEST_CODE:
        raise BadValue("bad_code.long", value=short(code), most=LONGEST_CODE)
    return text(code, LONGEST_CODE)


def text(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Read plain text: no formula, no invisible characters, not endless."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = str(value).strip()
    if not said:
        raise BadValue("empty_text")
    if len(said) > longest:
        raise BadValue("too_long", value=short(said), length=len(said), most=longest)
    if FORMULA.match(said):
        raise BadValue("formula", value=short(said))
    if CONTROL.search(said) or "\ufffd" in said:
        raise BadValue("garbage", value=ascii(short(said))[1:-1])
    return said


def address(value: Any) -> str:
    """Read where a camera sends its picture."""
    said = text(value, LONGEST_ADDRESS)
    if not re.match(r"(rtsp|rtsps|rtmp|rtmps|https?|wss?|srt|gb28181|sip)://\S+$", said, re.I):
        raise BadValue("bad_address", value=short(said))
    return said


def number(low: float, high: float) -> Callable[[Any], float]:
    """Return the reader of a number within bounds; a unit after it is left out."""

    def read(value: Any) -> float:
        said = re.sub(r"\s*(km/h|公里/小时|千米/时|kmh|米|m|°|度)$", "", str(value).strip(), flags=re.I)
        try:
            found = float(said)
        except ValueError:
            raise BadValue("bad_number", value=short(value)) from None
        if not low <= found <= high:
            raise BadValue("bad_number.bounds", value=short(value), low=low, high=high)
        return found

    return read


def bearing(value: Any) -> int:
    """Read where a camera looks: degrees from north, or a word such as 东南."""
    said = str(value).strip().lower().removeprefix("朝").removesuffix("方向").removesuffix("向")
    if said in COMPASS:
        return COMPASS[said]
    return round(number(0, 360)(value)) % 360


def degrees(value: Any) -> int:
    """Read an angle of view."""
    return round(number(1, 360)(value))


def yes_no(value: Any) -> bool:
    """Read yes or no, as Chinese and English tables write it."""
    if isinstance(value, bool):
        return value
    said = as_code(value).lower() if isinstance(value, float) else str(value).strip().lower()
    if said in YES or said in NO:
        return said in YES
    raise BadValue("unknown_word.yes_no", value=short(value))


def one_of(vocabulary: Vocabulary) -> Callable[[Any], str]:
    """Return the reader of a vocabulary's words."""

    def read(value: Any) -> str:
        said = as_code(value) if isinstance(value, float) else str(value)
        found = meaning(vocabulary, said)
        if found is None:
            known = "; ".join(f"{ours}: {', '.join(theirs[:3])}" for ours, theirs in vocabulary.items())
            raise BadValue("unknown_word", value=short(value), known=known)
        return found

    return read
