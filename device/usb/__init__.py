"""Logs over USB: an MCUmgr SMP server on a serial line, over a read-only view of the session store."""
