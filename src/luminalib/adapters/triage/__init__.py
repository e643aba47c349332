"""Inquiries read by rules and by what was learnt from corrections."""
