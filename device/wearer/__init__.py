"""What the device knows of its wearer: the state at hand, what sessions teach, and the memory on the card."""
