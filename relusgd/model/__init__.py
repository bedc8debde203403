"""Numbers in, numbers out: targets, networks, breakpoints, data points and recorded histories."""
