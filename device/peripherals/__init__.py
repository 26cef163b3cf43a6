"""Display, cues and button as the appliance sees them: they may come late, be slow or go away."""
