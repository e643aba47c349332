"""Child processes; light on purpose, because every child imports this package too."""
