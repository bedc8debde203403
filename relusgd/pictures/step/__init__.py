"""One training step in one picture: the function before and after it, and where elbows went."""
