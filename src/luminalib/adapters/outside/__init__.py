"""Other people's systems over HTTP, and the guard that keeps requests out of the own network."""
