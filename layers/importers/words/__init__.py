"""What an import says, in Chinese and in English: key → both sentences. One table a subject; no word stands elsewhere.

A key is a fault's stable code; where one code has several sentences, what is after the dot tells them apart.
"""

from layers.importers.words.files import FILES
from layers.importers.words.ground import GROUND
from layers.importers.words.names import NAMES
from layers.importers.words.parts import PARTS
from layers.importers.words.people import PEOPLE
from layers.importers.words.rows import ROWS

FAULTS: dict[str, tuple[str, str]] = {**FILES, **ROWS, **GROUND, **PEOPLE}
WORDS: dict[str, tuple[str, str]] = {**FAULTS, **PARTS, **NAMES}
