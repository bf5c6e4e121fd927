"""What happened (the chain of entries) and what must follow (letters, jobs, the worker that does them)."""
