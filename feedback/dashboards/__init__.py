"""One value from queries and insights; page, API, command and report all render that value."""
