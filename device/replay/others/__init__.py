"""Recordings in the forms of other programs and devices that are neither EDF nor a table of text, one file a form."""
