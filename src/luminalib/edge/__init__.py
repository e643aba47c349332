"""The server's edge: what is decided about a connection before a request reaches the application."""
