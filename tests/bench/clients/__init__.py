"""What is measured: bntui's own way of a message, the floor below it, and clients of other makers.

Each is a script that takes the addresses of REST and streams and a number of symbols, subscribes, counts
what comes, and prints the count as JSON when it is asked to end by SIGTERM.
"""
