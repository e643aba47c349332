"""The HTTP face: thin routers, one file per feature."""
