"""The figures of docs/performance.md: what is measured, how, and what each must be."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BENCHMARKS = os.path.dirname(HERE)
ROOT = os.path.dirname(BENCHMARKS)
# The daemon is started, and what it should write worked out, as the tests do it.
sys.path.insert(0, os.path.join(ROOT, "Tests", "python"))
