"""Waivers and discounts: what is forgiven of a bill, why, by whom, and who agreed to it."""
