"""What people type or paste, without characters that nobody sees: they hide, reverse or break what is on a screen."""

import re
import unicodedata

# Controls but tab and line ends; soft hyphen; the marks, embeddings, overrides and isolates of right-to-left writing;
# what has no width; tags; and halves of characters. Letters of right-to-left scripts themselves stay.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# A joiner and a choice of look belong to emoji, and stay only behind one.
JOINER, LOOK = "\u200d", "\ufe0f"
LOOSE = re.compile(f"(?<![\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff{LOOK}])[{JOINER}{LOOK}]+")
LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """Return a text as it is kept: composed, line ends alike, and without what nobody sees."""
    even = LINE_ENDS.sub("\n", text)
    return LOOSE.sub("", UNSEEN.sub("", unicodedata.normalize("NFC", even)))
