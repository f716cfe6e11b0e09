"""A patient's own wallet: transfers, withdrawals, history and statements."""
