"""Implementations of the ports, one folder per port or technology; they do not know one another."""
