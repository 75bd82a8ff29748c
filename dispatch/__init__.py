"""Floor 2: cases, units, clocks, recommendation, the live stream, figures and the HTTP API."""
