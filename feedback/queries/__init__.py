"""Named reads of the listening half."""
