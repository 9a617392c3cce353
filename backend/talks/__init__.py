"""The hand-over in the database: who owns a conversation, who is on duty, and what follows."""
