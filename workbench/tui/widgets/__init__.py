"""The widgets of the panels and windows."""
