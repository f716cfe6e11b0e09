"""Imports what the patient generator Synthea exports as CSV, and pays the bills it makes."""
