"""The breathing rate at which a wearer's heart rate swings the most."""
