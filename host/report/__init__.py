"""The page about all sessions: what it says, and how it is put together."""
