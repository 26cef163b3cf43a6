"""Versions beside each other in the store's folder, how one comes in, and how the service chooses between them."""
