"""Pulses in a PPG, causally."""
