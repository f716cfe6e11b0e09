"""Who pays for patients: covers, the payer's share of a bill, claims and what became of them."""
