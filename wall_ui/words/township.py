"""Words of the township's and the village's desk."""

WORDS: dict[str, tuple[str, str]] = {}
