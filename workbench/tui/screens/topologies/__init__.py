"""The screen "topologies"."""
