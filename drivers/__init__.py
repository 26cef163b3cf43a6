"""One chip or link a file, at the wire; knows nothing of dsp or device."""
