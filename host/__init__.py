"""The laptop's side: pull, report, export."""
