"""How a session ends: closed and sealed, or recovered after a cut, and what is made from its EDF+ file alone."""
