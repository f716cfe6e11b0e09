"""Patients' pages about their bills: what is due, paying it, receipts, and the way of the money."""
