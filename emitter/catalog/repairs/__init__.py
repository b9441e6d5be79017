"""What Zoom's documents really contain, and what is done about each of it.

A rule has an id, a title and a change; what it repairs is reported with a JSON pointer (`Repair`), by
``spec lint``. Nothing is repaired without a report, nothing that can be understood is refused.
`walk` goes through a schema and asks the rules of `types`, `choices`, `members`, `keywords` and `bounds`.
"""
