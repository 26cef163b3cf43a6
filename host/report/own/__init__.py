"""What the wearer finds out for themselves: the experiment of one's own, and the minute without a guide."""
