"""REST over what came back: responses and the comparison."""
