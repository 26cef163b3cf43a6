"""What the weeks hold for the session at hand: the plan, the experiment of one's own, the minute without a guide."""
