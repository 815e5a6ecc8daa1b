"""Local stand-ins for development and tests: a mail server, an SMS provider, and the inbox that shows both."""
