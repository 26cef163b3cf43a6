"""The sessions as they lie on the laptop: found, vouched for by their sums, read, and written whole or not at all."""
