"""The screen "risk"."""
