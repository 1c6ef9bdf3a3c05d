"""The screen "sizing"."""
