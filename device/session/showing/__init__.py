"""What the session shows: a view for every screen, and what LED and motor do."""
