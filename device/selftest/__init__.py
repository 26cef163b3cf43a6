"""What the self-test asks of each part, and how it tells."""
