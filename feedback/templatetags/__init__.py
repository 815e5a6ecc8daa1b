"""Template tags of the listening half."""
