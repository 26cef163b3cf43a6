"""The line to the device: finding it, asking it, and what it may send."""
