"""Words of the grid officer's phone."""

WORDS: dict[str, tuple[str, str]] = {}
