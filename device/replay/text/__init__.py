"""Text files as others write them: CSV of samples, beat lists, RR intervals."""
