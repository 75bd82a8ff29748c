"""HTTP and WebSocket routes: they translate between the wire and one action or query each."""
