"""The hospital under load while its processes and its database are killed; ``run.py torture``."""
