"""Every write of asking is a verb here; admin, API, pages, commands and tasks call the same one."""
