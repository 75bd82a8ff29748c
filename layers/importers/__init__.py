"""A county's own layers, brought in: opened, read, mapped, checked, compared, written, and undone."""
