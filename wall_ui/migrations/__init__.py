"""The database's history, one Alembic revision after the other; the floors' tables are the present."""
