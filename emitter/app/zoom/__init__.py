"""Zoom's own API, as a receiver calls it back: tokens, reads that agree with what was sent, subscriptions.

`side.ZoomSide` takes a request and returns the answer; the modules beside it each know one part. Nothing here
is described in the control API's document: Zoom's paths, error shapes and rules are its own.
"""
