"""What the wearer chooses from, and what they chose: menu, questions, preferences."""
