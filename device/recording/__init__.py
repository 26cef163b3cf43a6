"""Sessions on the card: EDF+ written live, read back, recovered, and what is made from it."""
