"""`rolig export`: pseudonymous tables, and records in other programs' formats."""
