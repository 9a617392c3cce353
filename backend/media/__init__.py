"""Photos and recordings: opened aside, made anew, and nothing kept of the file that came."""
