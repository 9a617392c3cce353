"""Search measured on public questions: the data, what others reach, and how weights are learnt."""
