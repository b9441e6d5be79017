"""A hook of mkdocs: links from a page to what is no page lead to the repository, or are plain text."""

import re
from typing import Any

_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<path>(?:\.\./)+(?P<file>[^)\s]+))\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Return the page with its links out of the documentation replaced."""
    depth = page.file.src_uri.count("/")

    def replaced(link: re.Match[str]) -> str:
        if link["path"].count("../") <= depth:
            return link[0]
        if config.repo_url:
            return f"[{link['text']}]({config.repo_url.rstrip('/')}/blob/main/{link['file']})"
        return link["text"]

    return _LINK.sub(replaced, markdown)
