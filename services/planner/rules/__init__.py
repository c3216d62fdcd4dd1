"""The pure rules of plans and units: no I/O, nothing of kit."""
