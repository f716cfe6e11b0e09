"""Dates and times of the desk, in one way on every page."""
