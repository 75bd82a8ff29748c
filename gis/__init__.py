"""Floor 0: settings, errors, the clock, coordinates, geometry, actors, the database and the ordered log."""
