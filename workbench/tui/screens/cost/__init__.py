"""The screen "cost"."""
