"""Calm or on guard: readings, evidence, the wearer's own level, and the weeks."""
