"""Which events exist: the bundled webhook document, its overlay, and what can be asked of them.

Nothing here knows the name of an event; names, properties and examples come from documents.
Documents, schemas and envelopes are plain JSON values, read and never edited in place.
"""
