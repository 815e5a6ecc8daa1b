"""The names of a page's tests, by which a finding is tied to the test that carries it."""


def key(family: str, *names: str) -> str:
    """Family and names in one word, such as `driver:wait:a->b`."""
    return ":".join((family, *names))
