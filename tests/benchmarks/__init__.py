"""How fast money is taken, and how that compares: for ``run.py bench``, never for the tests."""
