"""Pure signal processing: arrays in, values out; no I/O, no clock, no logging, no randomness."""
