"""The sensor's samples on the session's grid: a process that reads them, the pipe, blocks, and the clock they carry."""
