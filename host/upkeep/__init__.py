"""What keeps a device well: updates, and a page for whoever looks for a fault."""
