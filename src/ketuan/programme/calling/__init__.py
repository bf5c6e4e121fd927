"""Calls: made from last year's or a file, set, checked, rehearsed, published, corrected, extended."""

from ketuan.programme.calling.content import content_of, find, hash_of, rules_of, rules_of_version

__all__ = ["content_of", "find", "hash_of", "rules_of", "rules_of_version"]
