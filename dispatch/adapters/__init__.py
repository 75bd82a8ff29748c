"""What speaks the languages of other systems: devices' alarms become reports by a table. No database, no web."""
