"""The launcher, on projects of its own in temporary folders."""
