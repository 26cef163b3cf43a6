"""The words, labels and codes of a session's files: `docs/recording-format.md` in code."""
