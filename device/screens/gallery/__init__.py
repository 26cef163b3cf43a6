"""Pictures of the screens for people who build and document: contact sheets, a film, examples. Not on the device."""
