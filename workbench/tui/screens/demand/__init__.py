"""The screen "demand"."""
