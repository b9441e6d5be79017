"""Corpora: as many signed events as one wants, from one seed, as files.

Data flows one way: `settings` say what is wanted, `programme` which story comes when, `telling` writes the
bodies of a story, `formats` the bytes of files, `arrivals` puts them in the order of arrival, `outputs` on the
disk; `manifest` describes the whole, `verifying` checks it.
"""
