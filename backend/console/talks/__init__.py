"""Live chats on the console: who waits, who has whom, and what a coach does with a talk."""
