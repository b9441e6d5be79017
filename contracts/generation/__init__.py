"""Bodies that follow from an event's schema: made by schemathesis, sent through the session like any other.

Of schemathesis only its making of bodies is used, no engine, no client and none of its global hooks:
signing, pace, 429, deadline and record are the session's. It is imported when a body is made, not before.
"""
