"""Words of log-in and the start page."""

WORDS: dict[str, tuple[str, str]] = {}
