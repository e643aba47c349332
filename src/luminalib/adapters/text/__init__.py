"""Reading the text out of book files; light on purpose, because the child processes import this package too."""
