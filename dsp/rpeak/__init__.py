"""R-peaks in an ECG, causally."""
