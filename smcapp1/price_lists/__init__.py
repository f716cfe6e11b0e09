"""Imports price lists as hospitals publish them, into the catalogue of one department."""
