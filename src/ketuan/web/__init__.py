"""The door for people: pages. Thin views over the verbs of :mod:`ketuan.programme`."""
