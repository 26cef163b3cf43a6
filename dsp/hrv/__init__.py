"""Intervals and what they say: kinds, time and frequency domain, breathing, coherence, rhythm."""
