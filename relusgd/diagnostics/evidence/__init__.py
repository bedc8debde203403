"""What speaks for and against the causes of a poor fit: numbers of a network, its points and the
course of its training, each computed without any training of ours but a few careful steps."""
