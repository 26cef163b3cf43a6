"""How far a beat can be trusted to be one, and the heart's own: quality, interlopers, pacing."""
