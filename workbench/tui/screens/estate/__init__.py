"""The screen "estate"."""
