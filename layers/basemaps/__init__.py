"""Base maps under our own cartography: files and remote services, served from our own origin, brought to WGS 84."""
