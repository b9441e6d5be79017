"""The dashboard: pages made by the server, kept up to date by a little script; the services do the work."""
