"""Everything dies at random under load, and at the end everything must be accounted for (`make torture`).

`load` writes, through a `witness` that notes what was sent and acknowledged; `faults` breaks what can break;
`oracle` judges what is found in the end. `run` puts them together.
"""
