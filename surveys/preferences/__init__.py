"""Public pages: how a customer may be asked, and how to stop it."""
