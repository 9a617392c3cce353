"""The chat on a web page: a channel whose reader fetches."""
