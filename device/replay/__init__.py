"""A recording in place of the sensor, through the very same pipeline."""
