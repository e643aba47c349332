"""SQLAlchemy on SQLite and PostgreSQL: tables, imperative mappings and repositories, one file per feature."""
