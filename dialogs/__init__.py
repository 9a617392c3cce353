"""Conversations, channel-neutral: steps, actions, texts, and how they are rendered."""
