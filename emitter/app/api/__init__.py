"""The routes of the control API, described by the OpenAPI document it serves; the services do the work."""
