"""One file for each conversation. They do not know each other; see ``dialogs.places``."""
