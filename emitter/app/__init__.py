"""The Flask apps: the emitter as a web service, and a sample receiver to send to."""
