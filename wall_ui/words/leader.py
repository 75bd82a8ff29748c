"""Words of the leader's page."""

WORDS: dict[str, tuple[str, str]] = {}
