"""A simulated wearer: body, breath, heart, and what disturbs them."""
