"""Systems that keep contacts, each in its own words."""
