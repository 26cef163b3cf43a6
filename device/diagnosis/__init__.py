"""What `rolig diagnose` fetches: how the device is, and nothing of how its wearer is."""
