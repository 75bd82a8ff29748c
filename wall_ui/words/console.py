"""Words of the dispatcher's console."""

WORDS: dict[str, tuple[str, str]] = {}
