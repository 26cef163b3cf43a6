"""Chips at the wire, each written from another source than its driver, with a table of its quirks."""
