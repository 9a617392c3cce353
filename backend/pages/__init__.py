"""Pages for everyone: the start page around the chat, and each answer at its own address."""
