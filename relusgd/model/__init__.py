"""Networks, breakpoints, recorded histories, data points, and the targets they are sampled from.

Numbers in, numbers out. Nothing here trains, draws or knows run folders; only
`data_file` reads a file.
"""
