"""EDF and EDF+: the layout of header and records, annotations, a writer and a reader."""
