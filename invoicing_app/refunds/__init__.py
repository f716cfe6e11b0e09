"""Refunds: money that goes back for paid items, asked for by one person, approved by another."""
