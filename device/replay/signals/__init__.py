"""A signal among others: its name, what is in it, its unit, its rate."""
