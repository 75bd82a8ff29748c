"""A county's own desks and people from tables: their columns, what is known, what a row means; nothing is written."""
