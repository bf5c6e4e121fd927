"""Who reviews what: the assignment of reviewers to papers, with a proof. Modules are imported by name; this imports none."""
