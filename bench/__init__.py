"""What is fast and how fast: ratios of two things run in turn. `make bench` writes
docs/performance.md.
"""
