"""Articles with an owner, a source and a date, and how to find the right one."""
