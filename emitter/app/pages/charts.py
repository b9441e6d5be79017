"""Charts."""

from flask import Blueprint

routes = Blueprint("charts", __name__)
