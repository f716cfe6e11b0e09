"""A bank to work against: a program of its own that shares no code with the hospital."""
