"""The verbs of the programme's life, one module a stage, and the table of who may do and see what."""
