"""The reading ports over SQL: statements made once, past the ORM, on the drivers' own connections."""
