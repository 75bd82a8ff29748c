"""Taking in: what a report's text proposes, where it is, and whether it was told before. Reads; writes nothing."""
