"""What kind an interval is: by the shape of its beats and their timing, or by the intervals alone."""
