"""Use cases: one class per feature. Services know the domain and the ports, no framework and not one another."""
