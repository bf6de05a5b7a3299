"""What the black-box tests, the demo and the benchmark share: a daemon of one's own, a client, an expectation.

Nothing in here shares code with the daemon: what it should write is worked out once more from docs/contract.md.
"""
